import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evidence, IncidentDetail } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { useMay } from '../app/session'
import { AddEvidence } from './AddEvidence'
import { BlurDialog } from './BlurDialog'
import { useHashCheck, type HashState } from './useHashCheck'

const MARKS: Record<HashState, string> = { checking: '…', right: '✓', wrong: '✗', unknown: '' }

/** Photos and clips with their hash; more can be added, and what the public must not see is blurred. */
export function EvidenceCard({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation('console')
  const may = useMay()
  const [blurring, setBlurring] = useState<Evidence | null>(null)
  const all = detail.evidence
  const hashes = useHashCheck(all)
  const states = [...hashes.values()]
  const canAdd = may('attachment.write') && detail.allowed.some((allowed) => allowed.move === 'note')
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('evidence.title')}</h2>
        {states.length > 0 && states.every((state) => state === 'right') && <span className="chip chip-done">{t('evidence.verified')}</span>}
        {states.includes('wrong') && <span className="chip chip-red">{t('evidence.unverified')}</span>}
      </div>
      <ul className="evidence">
        {all.map((item, index) => (
          <li key={item.id}>
            <a href={item.url} target="_blank" rel="noreferrer">
              {item.kind === 'clip' ? (
                <video src={item.url} muted aria-label={t('evidence.clip')} />
              ) : (
                <img src={item.thumb_url} alt={t('evidence.alt', { index: index + 1 })} loading="lazy" />
              )}
            </a>
            <p className="meta">
              {item.taken_at && `${shortTime(item.taken_at)} · `}
              <span title={item.sha256}>{t('evidence.hash', { hash: item.sha256.slice(0, 8) })}</span> {MARKS[hashes.get(item.id) ?? 'unknown']}
              {item.verified && ` · ${t('evidence.camera')}`}
              {may('attachment.blur') && item.kind !== 'clip' && item.url.endsWith('/full') && (
                <Button type="link" size="small" className="no-print" onClick={() => setBlurring(item)}>
                  {t(item.public ? 'evidence.blurAgain' : 'evidence.blur')}
                </Button>
              )}
            </p>
          </li>
        ))}
        {canAdd && (
          <li className="no-print">
            <AddEvidence id={detail.row.id} />
          </li>
        )}
      </ul>
      {all.length === 0 && !canAdd && <p className="meta">{t('evidence.empty')}</p>}
      {blurring && <BlurDialog item={blurring} incident={detail.row.id} close={() => setBlurring(null)} />}
    </section>
  )
}
