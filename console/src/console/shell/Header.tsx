import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMe } from '../app/session'
import { useLinkUp } from '../live/live'
import { AccountMenu } from './AccountMenu'
import { AlertChip } from './AlertChip'
import { DutyState } from './DutyState'
import { LiveClock } from './LiveClock'

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function Header({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const linkUp = useLinkUp()
  return (
    <header className="shell-header">
      <a className="skip-link" href="#main">
        {t('shell.skip')}
      </a>
      <span className="brand">{t('shell.brand')}</span>
      <span className="centre-name">{me.post?.unit.name}</span>
      <span className="mode-chip">{t('shell.normalMode')}</span>
      <button type="button" className="search-box" onClick={openPalette} title={t('shell.search')} data-testid="open-palette">
        <span>{t('shell.search')}</span>
        <kbd>{APPLE ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <span className="grow" />
      {!linkUp && (
        <Tooltip title={t('shell.linkDownHint')}>
          <span className="chip chip-orange">{t('shell.linkDown')}</span>
        </Tooltip>
      )}
      <AlertChip />
      <DutyState />
      <LiveClock />
      <AccountMenu openHelp={openHelp} />
    </header>
  )
}
