import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { HandoverLine } from '@/shared/api/types'
import { parseFilters } from '../queue/filters'

/** Figures of a shift; each opens the incidents behind it. */
export function Lines({ lines }: { lines: HandoverLine[] }) {
  const { i18n } = useTranslation('console')
  const name = (line: HandoverLine) => (i18n.language === 'en' ? line.label_en : line.label_zh)
  return (
    <dl className="lines">
      {lines.map((line) => (
        <div key={line.label_zh}>
          <dt>{name(line)}</dt>
          <dd>
            <Link to="/incidents" search={parseFilters(Object.fromEntries(new URLSearchParams(line.query)))} className="line-value">
              {line.value}
            </Link>
          </dd>
        </div>
      ))}
    </dl>
  )
}
