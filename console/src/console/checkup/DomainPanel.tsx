import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { SidePanel } from '../app/SidePanel'
import { points } from './figures'
import { figurePath } from './links'
import { SignRow } from './Problems'

/** A domain's signs that cost most, each with its source. */
export function DomainPanel({ found, code, close }: { found: Checkup; code: string; close: () => void }) {
  const { t } = useTranslation('console')
  const one = found.findings.domains.find((domain) => domain.code === code)
  if (!one) return null
  return (
    <SidePanel open size={560} onClose={close} title={`${one.name} · ${one.score.score === null ? t('checkup.noData') : points(one.score.score)}`}>
      <div data-testid="checkup-panel">
        <p className="meta">
          {t('checkup.weight')} {one.weight} · {t('checkup.signs', { valued: one.valued, expected: one.expected })}
          {one.deducted > 0 && <> · {t('checkup.deducted', { points: points(one.deducted) })}</>}
        </p>
        {one.worst.length === 0 && code === 'evaluation' && (
          <p>
            <a href={figurePath(found, 'handled_on_time')}>{t('checkup.handling')}</a>
          </p>
        )}
        <ul className="checkup-signs">
          {one.worst.map((sign) => (
            <SignRow key={sign.code} found={found} sign={sign} />
          ))}
        </ul>
      </div>
    </SidePanel>
  )
}
