import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignPage, SignThreshold } from '@/shared/api/vitals'
import { fullTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { levelKey, LEVELS } from './format'
import { ThresholdsForm } from './ThresholdsForm'

/** When it rings, whose decision that is, and, for who may, the editor. */
export function ThresholdsPart({ page }: { page: SignPage }) {
  const { t } = useTranslation('console')
  const [editing, setEditing] = useState(false)
  const { thresholds, sign } = page
  return (
    <section className="card" data-testid="sign-thresholds">
      <div className="card-head">
        <h2>{t('vitals.thresholds.title')}</h2>
        {page.may_edit && !editing && (
          <Button size="small" onClick={() => setEditing(true)} data-testid="thresholds-edit">
            {t('vitals.thresholds.edit')}
          </Button>
        )}
      </div>
      {sign.bad === null && <p className="meta">{t('vitals.thresholds.noBad')}</p>}
      {sign.bad !== null && <Whose page={page} />}
      {editing ? <ThresholdsForm page={page} close={() => setEditing(false)} /> : thresholds.thresholds.length > 0 && <Listed page={page} listed={thresholds.thresholds} />}
    </section>
  )
}

function Whose({ page }: { page: SignPage }) {
  const { t } = useTranslation('console')
  const { thresholds } = page
  const time = thresholds.at ? fullTime(thresholds.at).slice(0, 16) : ''
  const name = thresholds.region?.name
  const words = !name ? (thresholds.thresholds.length ? t('vitals.thresholds.catalogue') : t('vitals.thresholds.none')) : t(thresholds.own ? 'vitals.thresholds.own' : 'vitals.thresholds.whose', { name, time })
  return (
    <p className="meta" data-testid="thresholds-whose">
      {words}
      {thresholds.reason && `；${t('vitals.thresholds.reason', { reason: thresholds.reason })}`}
    </p>
  )
}

function Listed({ page, listed }: { page: SignPage; listed: SignThreshold[] }) {
  const { t } = useTranslation('console')
  const { sign } = page
  const show = (value: number) => `${valueText(value, sign.decimals)} ${sign.unit}`
  return (
    <table className="sign-limits">
      <thead>
        <tr>
          <th scope="col">{t('vitals.thresholds.level')}</th>
          <th scope="col">{t('vitals.thresholds.on')}</th>
          <th scope="col">{t('vitals.thresholds.off')}</th>
        </tr>
      </thead>
      <tbody>
        {[...listed].sort((a, b) => b.level - a.level).map((one) => (
          <tr key={one.level}>
            <th scope="row">
              <span className={`chip chip-${LEVELS[one.level] ?? 'blue'}`}>{t(`vitals.level.${levelKey(one.level)}`)}</span>
            </th>
            <td>{show(one.on)}</td>
            <td>{show(one.off)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
