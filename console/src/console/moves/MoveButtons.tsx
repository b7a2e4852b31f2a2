import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { ButtonMenu } from '../app/ButtonMenu'
import { GRAVE, type Action } from './moves'

interface Props {
  actions: Action[]
  start: (action: Action) => void
  busy: boolean
  /** how many besides the proposed one are buttons; the rest is a menu */
  shown: number
  /** Enter makes the proposed step */
  enter?: boolean
}

/** The proposed next step first, then the others that are allowed now. */
export function MoveButtons({ actions, start, busy, shown, enter = false }: Props) {
  const { t } = useTranslation('console')
  const next = actions.find((action) => action.proposed)
  const others = actions.filter((action) => action !== next && action.moves[0] !== 'alert_ack')
  const rest = others.slice(shown)
  return (
    <div className="actions">
      {next && (
        <span data-testid="next-step">
          <Button type="primary" loading={busy} onClick={() => start(next)} data-testid={`move-${next.key}`}>
            {next.label}
            {enter && <kbd>Enter</kbd>}
          </Button>
        </span>
      )}
      {others.slice(0, shown).map((action) => (
        <Button key={action.key} disabled={busy} danger={GRAVE.has(action.key)} onClick={() => start(action)} data-testid={`move-${action.key}`}>
          {action.label}
        </Button>
      ))}
      {rest.length > 0 && (
        <ButtonMenu
          items={rest.map((action) => ({
            key: action.key,
            danger: GRAVE.has(action.key),
            label: <span data-testid={`move-${action.key}`}>{action.label}</span>,
            onClick: () => start(action),
          }))}
        >
          <Button disabled={busy} data-testid="move-more">
            {t('moves.more')}
          </Button>
        </ButtonMenu>
      )}
    </div>
  )
}
