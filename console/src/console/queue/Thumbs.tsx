import { useTranslation } from 'react-i18next'
import type { Evidence } from '@/shared/api/types'

/** The first pictures; more are on the page. */
export function Thumbs({ evidence, shown = 2 }: { evidence: Evidence[]; shown?: number }) {
  const { t } = useTranslation('console')
  if (evidence.length === 0) return null
  return (
    <div className="thumbs">
      {evidence.slice(0, shown).map((item, index) => (
        <a key={item.id} href={item.url} target="_blank" rel="noreferrer">
          <img src={item.thumb_url} alt={t('evidence.alt', { index: index + 1 })} loading="lazy" />
        </a>
      ))}
    </div>
  )
}
