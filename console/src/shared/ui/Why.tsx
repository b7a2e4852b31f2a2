import { useTranslation } from 'react-i18next'
import type { Reason } from '../api/types'
import './Why.css'

interface Props {
  reasons: Reason[]
  /** show only these topics, in this order */
  topics?: string[]
  compact?: boolean
}

const words = (value: unknown): string => {
  if (value === null || value === undefined) return '—'
  if (Array.isArray(value)) return value.map(words).join('、')
  if (typeof value === 'object') return Object.values(value as Record<string, unknown>).map(words).join(' · ')
  return String(value)
}

/** One answer to "why" everywhere: rule or formula, inputs with their source, what was compared. */
export function Why({ reasons, topics, compact = false }: Props) {
  const { t, i18n } = useTranslation('shared')
  const shown = topics ? topics.flatMap((topic) => reasons.filter((reason) => reason.topic === topic)) : reasons
  if (shown.length === 0) return <p className="why why-empty">{t('why.empty')}</p>
  const topicName = (topic: string) => (i18n.exists(`shared:topic.${topic}`) ? t(`topic.${topic}`) : topic)
  return (
    <dl className="why">
      {shown.map((reason, index) => (
        <div key={`${reason.topic}-${index}`}>
          <dt>{topicName(reason.topic)}</dt>
          <dd>
            <p>{reason.text}</p>
            {!compact && <Details reason={reason} />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Details({ reason }: { reason: Reason }) {
  const { t } = useTranslation('shared')
  const inputs = Object.entries(reason.inputs ?? {})
  // where a person decided there is no rule to name
  const source = [reason.rule === 'by-hand' ? null : reason.rule, reason.source].filter(Boolean).join(' · ')
  return (
    <>
      {inputs.length > 0 && (
        <p className="why-detail">
          {t('why.inputs')}：{inputs.map(([name, value]) => `${name} ${words(value)}`).join('；')}
        </p>
      )}
      {reason.rejected && (
        <p className="why-detail">
          {t('why.rejected')}：{words(reason.rejected)}
        </p>
      )}
      {source && (
        <p className="why-detail">
          {t('why.source')}：{source}
        </p>
      )}
    </>
  )
}
