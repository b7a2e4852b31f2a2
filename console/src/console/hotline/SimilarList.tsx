import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { similarIncidents } from '@/shared/api/incidents'
import { useDebounced } from '@/shared/useDebounced'
import { MatchLine } from '../incident/MatchLine'
import type { Call } from './call'

/** What others reported that may be the same: the caller can be told that it is known, and joins it. */
export function SimilarList({ call, set }: { call: Call; set: (change: Partial<Call>) => void }) {
  const { t } = useTranslation('console')
  const { lon, lat, category, address } = call
  const text = useDebounced(call.text.trim(), 600)
  const placed = lon !== null && lat !== null
  const { data } = useQuery({
    queryKey: ['similar', lon, lat, category, text, address],
    queryFn: () => similarIncidents({ lon: lon ?? 0, lat: lat ?? 0, category, text: text || undefined, address: address || undefined }),
    enabled: placed,
    placeholderData: (old) => old,
  })
  return (
    <div className="card similar">
      <div className="card-head">
        <h2>{t('hotline.similar')}</h2>
        <span className="meta">{t('hotline.similarHint')}</span>
      </div>
      {!placed && <p className="meta">{t('hotline.similarWait')}</p>}
      {placed && data?.length === 0 && <p className="meta">{t('hotline.similarNone')}</p>}
      <ul className="nearby">
        {(data ?? []).slice(0, 6).map((match) => (
          <MatchLine key={match.row.id} match={match}>
            <Button size="small" type={call.joins?.id === match.row.id ? 'primary' : 'default'} aria-pressed={call.joins?.id === match.row.id} onClick={() => set({ joins: call.joins?.id === match.row.id ? null : { id: match.row.id, number: match.row.number } })} data-testid="join-call">
              {t(call.joins?.id === match.row.id ? 'duplicates.unjoin' : 'duplicates.join')}
            </Button>
          </MatchLine>
        ))}
      </ul>
    </div>
  )
}
