import { Checkbox, Select } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNELS, LEVELS, STATES } from '@/shared/levels'
import { reachable } from '../app/focus'
import { CategorySelect } from '../moves/CategorySelect'
import { RegionSelect } from '../moves/RegionSelect'
import type { Filters } from './filters'

/** All filters in one place; each change is in the URL at once. */
export function FilterMenu({ filters, go }: { filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const menu = useRef<HTMLDivElement>(null)
  // It was fetched when it was opened: the keyboard waits for it.
  useEffect(() => {
    if (menu.current) reachable(menu.current)[0]?.focus()
  }, [])
  const group = (name: 'state' | 'level' | 'channel', known: readonly string[]) => (
    <fieldset>
      <legend>{t(`filters.${name}`)}</legend>
      <Checkbox.Group
        value={filters[name]?.split(',') ?? []}
        options={known.map((value) => ({ value, label: t(`shared:${name}.${value}`) }))}
        onChange={(values) => go({ [name]: values.join(',') || undefined })}
      />
    </fieldset>
  )
  return (
    <div ref={menu} className="filter-menu">
      {group('level', LEVELS)}
      {group('state', STATES)}
      {group('channel', CHANNELS)}
      <fieldset>
        <legend>{t('filters.deadline')}</legend>
        <Select
          allowClear
          value={filters.lamp}
          placeholder={t('filters.any')}
          aria-label={t('filters.deadline')}
          options={(['red', 'yellow'] as const).map((value) => ({ value, label: t(`filters.lamp.${value}`) }))}
          onChange={(lamp: 'red' | 'yellow' | undefined) => go({ lamp })}
        />
      </fieldset>
      <fieldset>
        <legend>{t('filters.categoryName')}</legend>
        <CategorySelect value={filters.category} onChange={(category) => go({ category })} />
      </fieldset>
      <fieldset>
        <legend>{t('filters.region')}</legend>
        <RegionSelect value={filters.region} onChange={(region) => go({ region })} />
      </fieldset>
      <Checkbox checked={filters.mine === 1} onChange={(event) => go({ mine: event.target.checked ? 1 : 0 })}>
        {t('filters.mine')}
      </Checkbox>
      <Checkbox checked={filters.all === 1} onChange={(event) => go({ all: event.target.checked ? 1 : undefined })}>
        {t('filters.withClosed')}
      </Checkbox>
    </div>
  )
}
