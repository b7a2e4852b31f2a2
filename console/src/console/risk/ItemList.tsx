import { Button } from 'antd'
import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { RiskItem, RiskItems } from '@/shared/api/risk'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import { levelKey, toneOf } from './tint'

interface Props {
  found: RiskItems
  timed: boolean
  at: string | undefined
  hover: string | undefined
  fresh: ReadonlySet<string>
  choose: (key: string) => void
  stand: (key: string | undefined) => void
}

const FIRST = 100

export const keyOf = (item: RiskItem): string => `${item.kind}-${item.id}`

/** Alarms and incidents, the worst first; arrows go up and down, Enter chooses. */
export function ItemList({ found, timed, at, hover, fresh, choose, stand }: Props) {
  const { t } = useTranslation('console')
  const [shown, setShown] = useState(FIRST)
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (at) list.current?.querySelector(`[data-item="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const onKey = (event: KeyboardEvent<HTMLOListElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const rows = [...(list.current?.querySelectorAll<HTMLButtonElement>('button[data-item]') ?? [])]
    const next = step && rows[rows.indexOf(document.activeElement as HTMLButtonElement) + step]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
  if (found.items.length === 0)
    return (
      <div className="empty" data-testid="risk-empty">
        <b>{t(timed ? 'risk.noneThen' : 'risk.none')}</b>
        <p>{t(timed ? 'risk.noneThenText' : 'risk.noneText')}</p>
      </div>
    )
  const total = found.alarms + found.incidents
  return (
    <>
      <ol className="risk-items" ref={list} onKeyDown={onKey} aria-label={t('risk.items')}>
        {found.items.slice(0, shown).map((item) => {
          const key = keyOf(item)
          return <Row key={key} item={item} id={key} on={key === at} hover={key === hover} fresh={fresh.has(key)} choose={choose} stand={stand} />
        })}
      </ol>
      {shown < found.items.length && <Button type="link" block onClick={() => setShown(shown + FIRST)}>{t('risk.more')}</Button>}
      {shown >= found.items.length && total > found.items.length && <p className="meta risk-rest">{t('risk.rest', { shown: found.items.length, total })}</p>}
    </>
  )
}

interface RowProps {
  item: RiskItem
  id: string
  on: boolean
  hover: boolean
  fresh: boolean
  choose: (key: string) => void
  stand: (key: string | undefined) => void
}

const Row = memo(function Row({ item, id, on, hover, fresh, choose, stand }: RowProps) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const name = ['risk-item', `risk-bar-${toneOf(item.level)}`, on && 'risk-on', hover && 'risk-hover', fresh && 'risk-fresh'].filter(Boolean).join(' ')
  return (
    <li>
      <button type="button" className={name} data-testid="risk-item" data-item={id} aria-pressed={on} onClick={() => choose(id)} onMouseEnter={() => stand(id)} onMouseLeave={() => stand(undefined)} onFocus={() => stand(id)} onBlur={() => stand(undefined)}>
        <span className={`risk-shape risk-shape-${item.kind}`} aria-hidden="true" style={{ color: `var(--dot-${toneOf(item.level)})` }} />
        <span className="risk-what">
          <b>{item.title}</b>
          <span className="meta">{[item.place, item.detail].filter(Boolean).join(' · ')}</span>
        </span>
        <span className="risk-marks">
          <span className={`chip chip-${toneOf(item.level)}`}>{t(`risk.kind.${item.kind}`)} · {t(`risk.level.${levelKey(item.level)}`)}</span>
          {item.overdue && <span className="chip chip-red">{t('risk.overdue')}</span>}
          {!item.open && <span className="chip chip-done">{t('risk.over')}</span>}
          {item.simulated && <span className="chip">{t('risk.simulated')}</span>}
          <span className="meta">{nearTime(item.at, now)}</span>
        </span>
      </button>
    </li>
  )
})
