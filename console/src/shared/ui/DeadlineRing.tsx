import { useTranslation } from 'react-i18next'
import type { Deadline } from '../api/types'
import { readDeadline } from '../deadline'

interface Props {
  deadline: Deadline | null
  /** the demo clock's now, in milliseconds */
  now: number
  size?: number
  /** colour of the calm ring; yellow and red are the lamp's own */
  level?: string
}

const TONES = { red: 'var(--level-red)', yellow: 'var(--level-yellow)' }

/** The ring is the share left, the words say how much on which clock; colour comes at yellow and red only. */
export function DeadlineRing({ deadline, now, size = 18, level }: Props) {
  const { t, i18n } = useTranslation('shared')
  if (!deadline) return null
  const reading = readDeadline(deadline, now, t, i18n.language)
  const colour = reading.tone === 'calm' ? (level ? `var(--dot-${level})` : 'var(--brand)') : TONES[reading.tone]
  const radius = (size - 4) / 2
  const circle = 2 * Math.PI * radius
  const ring = { cx: size / 2, cy: size / 2, r: radius, fill: 'none', strokeWidth: 3.5 }
  return (
    <span className={`deadline deadline-${reading.tone}`} title={reading.detail} style={{ display: 'inline-flex', alignItems: 'center', gap: 6, whiteSpace: 'nowrap' }}>
      <svg width={size} height={size} aria-hidden="true">
        <circle {...ring} stroke={reading.overdue ? colour : 'var(--line)'} />
        {!reading.overdue && (
          <circle
            {...ring}
            stroke={colour}
            strokeDasharray={`${circle * reading.left} ${circle}`}
            transform={`rotate(-90 ${size / 2} ${size / 2})`}
          />
        )}
      </svg>
      <span style={{ fontWeight: 600, color: reading.tone === 'calm' ? 'inherit' : colour }}>{reading.words}</span>
      <span className="visually-hidden">{reading.detail}</span>
    </span>
  )
}
