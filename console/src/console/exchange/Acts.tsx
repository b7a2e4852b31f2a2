import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Ask } from '../app/Ask'

interface Props {
  state: string
  name: string
  busy: boolean
  setState: (state: 'active' | 'paused') => void
  rotate: () => void
  end: () => void
}

/** What one may do with a webhook or a source. */
export function Acts({ state, name, busy, setState, rotate, end }: Props) {
  const { t } = useTranslation('console')
  const paused = state === 'paused'
  const label = (act: string) => `${act} ${name}`
  return (
    <>
      <Button size="small" disabled={busy} aria-label={label(t(paused ? 'exchange.resume' : 'exchange.pause'))} onClick={() => setState(paused ? 'active' : 'paused')}>
        {t(paused ? 'exchange.resume' : 'exchange.pause')}
      </Button>
      <Ask title={t('exchange.rotateAsk')} okText={t('exchange.rotate')} cancelText={t('moves.cancel')} onConfirm={rotate}>
        <Button size="small" disabled={busy} aria-label={label(t('exchange.rotate'))}>
          {t('exchange.rotate')}
        </Button>
      </Ask>
      <Ask title={t('exchange.endAsk')} okText={t('exchange.end')} cancelText={t('moves.cancel')} onConfirm={end}>
        <Button size="small" danger disabled={busy} aria-label={label(t('exchange.end'))}>
          {t('exchange.end')}
        </Button>
      </Ask>
    </>
  )
}

/** The only moment at which a secret is seen. */
export function SecretNote({ secret }: { secret: string | null }) {
  const { t } = useTranslation('console')
  if (!secret) return null
  return (
    <p className="secret" data-testid="exchange-secret" role="status">
      {t('exchange.secret')} <code>{secret}</code>
    </p>
  )
}
