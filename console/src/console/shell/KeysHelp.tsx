import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'

const KEYS = [
  ['j', 'k', '↓', '↑'], ['x'], ['Enter'], ['o'], ['a'], ['p'], ['n'], ['Esc'], ['Ctrl K', '/'], ['?'], ['Ctrl Enter'],
] as const
const MEANINGS = ['move', 'select', 'next', 'open', 'acknowledge', 'pin', 'fresh', 'back', 'palette', 'help', 'send'] as const

export function KeysHelp({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation('console')
  return (
    <Modal open={open} onCancel={close} footer={null} title={t('keys.title')} width={440}>
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
    </Modal>
  )
}
