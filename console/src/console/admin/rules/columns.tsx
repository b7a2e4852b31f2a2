import type { TableProps } from 'antd'
import type { TFunction } from 'i18next'
import type { Part, RuleEntry } from '@/shared/api/rules'
import { FACTS, list, units, unitWords } from './entries'
import type { Words } from './words'

type Columns = NonNullable<TableProps<RuleEntry>['columns']>

/** The columns of each part; a reader sees words, never keys, except for the ids that rules are called by. */
export function columnsOf(part: Part, t: TFunction<'console'>, words: Words): Columns {
  const column = (field: string, show: (entry: RuleEntry) => React.ReactNode, width?: number): Columns[number] => ({
    title: t(`rules.field.${field}`),
    key: field,
    width,
    render: (_, entry) => show(entry),
  })
  const globs = (entry: RuleEntry) => list(entry.data.category).join('、') || t('rules.sheet.everything')
  const cell = (entry: RuleEntry, level: string) => <DutyCell value={entry.data[level]} words={words} t={t} />
  const sets: Record<Part, () => Columns> = {
    categories: () => [
      column('code', (one) => <code>{String(one.data.code)}</code>, 150),
      column('name', (one) => words.text(one.data.name), 180),
      column('level', (one) => <span className={`chip chip-${String(one.data.level)}`}>{words.level(String(one.data.level))}</span>, 80),
      column('hints', (one) => list(one.data.hints).join('、')),
    ],
    limits: () => [
      column('id', (one) => <code>{one.key}</code>, 190),
      column('stage', (one) => words.named('stage', String(one.data.stage)), 90),
      column('category', globs),
      column('level', (one) => list(one.data.level).map(words.level).join('、') || t('rules.sheet.everyLevel'), 90),
      column('limit', (one) => <b>{String(one.data.limit)}</b>, 140),
      column('yellow', (one) => (one.data.yellow === undefined ? '' : String(one.data.yellow)), 90),
      column('escalate', (one) => list(one.data.escalate).join('、'), 120),
    ],
    duties: () => [
      column('category', (one) => <code>{one.key}</code>, 130),
      column('clause', (one) => String(one.data.clause), 110),
      column('task', (one) => words.text(one.data.task)),
      column('town', (one) => cell(one, 'town'), 190),
      column('district', (one) => cell(one, 'district'), 190),
      column('city', (one) => cell(one, 'city'), 170),
    ],
    routing: () => [
      column('id', (one) => <code>{one.key}</code>, 170),
      column('why', (one) => words.text(one.data.why)),
      column('when', (one) => <When entry={one} words={words} t={t} />, 260),
      column('lead', (one) => units(one.data.lead).map((unit) => unitWords(unit, words)).join('、'), 170),
      column('auto', (one) => (one.data.auto ? '✓' : ''), 80),
    ],
    messages: () => [
      column('step', (one) => words.move(String(one.data.step)), 110),
      column('audience', (one) => words.named('audience', String(one.data.audience)), 90),
      column('category', globs, 160),
      column(words.english ? 'en' : 'zh', (one) => String(one.data[words.english ? 'en' : 'zh'])),
    ],
  }
  return sets[part]()
}

function DutyCell({ value, words, t }: { value: unknown; words: Words; t: TFunction<'console'> }) {
  const cell = value as { lead: string; assist?: string[]; assign_down?: string[] } | undefined
  if (!cell) return <span className="meta">{t('rules.none')}</span>
  const more = [
    [t('rules.field.assist'), cell.assist],
    [t('rules.field.assign_down'), cell.assign_down],
  ] as const
  return (
    <span className="rules-duty">
      <b>{words.kind(cell.lead)}</b>
      {more.map(([label, kinds]) => kinds && kinds.length > 0 && <span key={label} className="meta">{`${label} ${kinds.map(words.kind).join('、')}`}</span>)}
    </span>
  )
}

function When({ entry, words, t }: { entry: RuleEntry; words: Words; t: TFunction<'console'> }) {
  const when = (entry.data.when ?? {}) as Record<string, unknown>
  const plain = FACTS.filter((name) => when[name] !== undefined)
  const nested = Object.keys(when).length > plain.length
  return (
    <span className="rules-when">
      {plain.map((name) => (
        <span key={name} className="chip">
          {t(`rules.field.${name}`)} {list(when[name]).map((one) => words.fact(name, one)).join('、')}
        </span>
      ))}
      {nested && <span className="chip">{t('rules.field.more')}</span>}
    </span>
  )
}
