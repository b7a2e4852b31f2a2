import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/Dialog'

const KEYS = [
  ['j', 'k', '↓', '↑'], ['x'], ['Enter'], ['o'], ['a'], ['p'], ['n'], ['Esc'], ['Ctrl K', '/'], ['?'], ['Ctrl Enter'],
] as const
const MEANINGS = ['move', 'select', 'next', 'open', 'acknowledge', 'pin', 'fresh', 'back', 'palette', 'help', 'send'] as const

export function KeysHelp({ close }: { close: () => void }) {
  const { t } = useTranslation('console')
  return (
    <Dialog open onCancel={close} footer={null} title={t('keys.title')} width={440}>
      <dl className="keys">
        {KEYS.map((keys, index) => (
          <div key={keys[0]}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`keys.${MEANINGS[index] ?? 'help'}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
