import type { TFunction } from 'i18next'
import { auditNames } from '../i18n/audit.zh'

// What stands after a dot would be another topic of the texts.
const key = (kind: string): string => kind.replace('.', '-')

/** Everything that the audit may be about, as it is stored. */
export const SUBJECTS: string[] = Object.keys(auditNames.subject).map((name) => name.replace('-', '.'))

/** "人员 7": what an entry is about, in words; what is told by no number is named, too. */
export function subjectText(kind: string, id: string, t: TFunction<'console'>): string {
  const named = t(`auditNames.id.${id}`, { defaultValue: id })
  return `${t(`auditNames.subject.${key(kind)}`, { defaultValue: kind })} ${id && named}`.trimEnd()
}
