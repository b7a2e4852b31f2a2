import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Filters } from './filters'

const NONE: Filters = {
  state: undefined, level: undefined, lamp: undefined, channel: undefined, category: undefined, region: undefined,
  q: undefined, mine: 0, alert: undefined, since: undefined, until: undefined,
}

/** Why it is empty and what to do. */
export function QueueEmpty({ filters, go }: { filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const narrowed = Object.keys(NONE).some((name) => filters[name as keyof Filters])
  return (
    <div className="empty">
      <b>{t(narrowed ? 'queue.emptyFiltered' : 'queue.empty')}</b>
      <p>{t(narrowed ? 'queue.emptyFilteredText' : 'queue.emptyText')}</p>
      {narrowed && <Button onClick={() => go(NONE)}>{t('queue.clearFilters')}</Button>}
    </div>
  )
}
