import { useQuery } from '@tanstack/react-query'
import { Button, Input, Skeleton } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRegion } from '@/shared/api/territory'
import { Flyout } from '../app/Flyout'
import { useMe } from '../app/session'
import { toggle, type Filters } from './filters'

export const filterMenu = () => import('./FilterMenu')
const FilterMenu = lazy(() => filterMenu().then((module) => ({ default: module.FilterMenu })))

/** The filters that are on, as chips that one click takes off; all of it is in the URL. */
export function FilterBar({ filters, go, total }: { filters: Filters; go: (change: Filters) => void; total: string }) {
  const { t } = useTranslation('console')
  const sort = filters.sort ?? 'urgency'
  const next = { urgency: 'due', due: 'newest', newest: undefined } as const
  return (
    <div className="filter-bar">
      <Search key={filters.q ?? ''} value={filters.q ?? ''} set={(q) => go({ q: q || undefined })} />
      <div className="filter-chips">
        {!filters.mine && <Scope filters={filters} go={go} />}
        <Chips filters={filters} go={go} />
        <button type="button" className="chip chip-button" onClick={() => go({ sort: sort === 'urgency' ? 'due' : sort === 'due' ? 'newest' : next.newest })}>
          {t(`filters.sort.${sort}`)} ↓
        </button>
        <Flyout placement="bottomLeft" arrow={false} rootClassName="filter-popover" content={<Menu filters={filters} go={go} />}>
          <Button size="small" data-testid="filter-menu">
            + {t('filters.add')}
          </Button>
        </Flyout>
      </div>
      <p className="meta">
        {t('filters.total', { count: total })}
        <span className="queue-keys">
          {' '}
          · <kbd>j</kbd> <kbd>k</kbd> {t('filters.move')} <kbd>x</kbd> {t('filters.mark')} <kbd>?</kbd> {t('filters.keys')}
        </span>
      </p>
    </div>
  )
}

const Menu = (props: { filters: Filters; go: (change: Filters) => void }) => (
  <Suspense fallback={<Skeleton active className="filter-menu" paragraph={{ rows: 10 }} />}>
    <FilterMenu {...props} />
  </Suspense>
)

/** Whose incidents these are: the own centre's, or with all below it. */
function Scope({ filters, go }: { filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const me = useMe()
  if (me.post?.unit.kind !== 'centre') return <span className="chip chip-brand">{t('filters.visible')}</span>
  const own = filters.centre !== undefined
  return (
    <button type="button" className="chip chip-brand chip-button" aria-pressed={!own} onClick={() => go({ below: own ? 1 : 0 })} data-testid="filter-scope">
      {own ? t('filters.own') : t('filters.below', { name: me.post.region.name })}
    </button>
  )
}

function Search({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useTranslation('console')
  const [text, setText] = useState(value)
  return (
    <Input
      allowClear={{ clearIcon: <span aria-label={t('shared:clear')}>×</span> }}
      size="middle"
      value={text}
      placeholder={t('filters.search')}
      aria-label={t('filters.search')}
      onChange={(event) => {
        setText(event.target.value)
        if (!event.target.value && value) set('')
      }}
      onPressEnter={() => set(text.trim())}
      data-testid="queue-search"
    />
  )
}

function Chips({ filters, go }: { filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const region = useQuery({
    queryKey: ['region', filters.region],
    queryFn: () => readRegion(filters.region ?? 0),
    enabled: filters.region !== undefined,
    staleTime: Infinity,
  })
  const members = (name: 'state' | 'level' | 'channel') =>
    (filters[name]?.split(',') ?? []).map((value) => ({
      key: `${name}-${value}`,
      label: t(`shared:${name}.${value}`),
      off: { [name]: toggle(filters[name], value) } as Filters,
    }))
  const chips: { key: string; label: string; off: Filters }[] = [
    { key: 'mine', label: filters.mine ? t('filters.mine') : '', off: { mine: 0 as const } },
    { key: 'open', label: filters.all || filters.state ? '' : t('filters.open'), off: { all: 1 as const } },
    ...members('state'),
    ...members('level'),
    ...members('channel'),
    { key: 'lamp', label: filters.lamp ? t(`filters.lamp.${filters.lamp}`) : '', off: { lamp: undefined } },
    { key: 'alert', label: filters.alert ? t('filters.alert') : '', off: { alert: undefined } },
    { key: 'region', label: filters.region ? (region.data?.ref.name ?? '…') : '', off: { region: undefined } },
    { key: 'category', label: filters.category ? t('filters.category', { code: filters.category }) : '', off: { category: undefined } },
  ].filter((chip) => chip.label)
  return chips.map((chip) => (
    <button key={chip.key} type="button" className="chip chip-button" onClick={() => go(chip.off)} aria-label={t('filters.takeOff', { name: chip.label })}>
      {chip.label} <span aria-hidden="true">×</span>
    </button>
  ))
}
