import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { locate } from '@/shared/api/territory'
import type { Chain } from '@/shared/api/types'
import { distanceWords } from '../app/words'
import { ErrorNote } from '../app/ErrorNote'

export const chainLabel = (chain: Chain): string =>
  chain.label ?? [chain.district, chain.town, chain.village, chain.grid].flatMap((region) => (region ? [region.name] : [])).join(' · ')

/** What the operator reads back to the caller: which grid this is, and how near the border. */
export function ChainReadBack({ lon, lat }: { lon: number | null; lat: number | null }) {
  const { t } = useTranslation('console')
  const set = lon !== null && lat !== null
  const { data, error, refetch } = useQuery({ queryKey: ['locate', lon, lat], queryFn: () => locate(lon ?? 0, lat ?? 0), enabled: set })
  if (!set) return <p className="meta">{t('hotline.noPin')}</p>
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <p className="meta">…</p>
  const near = data.border_m < 50 && data.neighbour
  return (
    <p className="chain-back" data-testid="chain" aria-live="polite">
      <b>{chainLabel(data.chain)}</b>{' '}
      <span className="meta">
        {t('hotline.border', { distance: distanceWords(data.border_m, t) })}
        {near && ` · ${t('hotline.nearBorder', { name: data.neighbour?.name })}`}
        {data.schematic && ` · ${t('shared:schematic')}`}
      </span>
    </p>
  )
}
