import { App, Button, Input, type TableProps } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Part, RuleEdit, RuleEntry, RuleSheet } from '@/shared/api/rules'
import { Ask } from '../../app/Ask'
import { CardTable } from '../../app/CardTable'
import { columnsOf } from './columns'
import { haystack } from './entries'
import { EntryDialog } from './EntryDialog'
import type { Drafting } from './useDraft'
import { useWords } from './words'

interface Props {
  part: Part
  sheet: RuleSheet
  desk: Drafting
  filter: string
  setFilter: (q: string | undefined) => void
}
const ORDERED: readonly Part[] = ['limits', 'routing']

/** One part of a scenario as a table; in a draft every row can be edited, moved and removed. */
export function PartTable({ part, sheet, desk, filter, setFilter }: Props) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const words = useWords()
  const [open, setOpen] = useState<RuleEntry | 'new' | null>(null)
  const asked = useDeferredValue(filter.trim().toLowerCase())
  const rows = sheet.parts[part]
  const shown = asked ? rows.filter((one) => haystack(part, one, words).includes(asked)) : rows
  const draft = desk.draft.data
  const editing = desk.mayEdit && !!draft
  const send = (edit: RuleEdit) => desk.edit.mutate([edit], { onError: (error) => void message.error(error.message) })
  const place = (entry: RuleEntry) => rows.indexOf(entry)
  const changed = new Set(draft?.changes.filter((one) => one.part === part).map((one) => one.key))
  const wrong = new Set(draft?.findings.filter((one) => one.part === part).map((one) => one.key))
  const columns: TableProps<RuleEntry>['columns'] = [...columnsOf(part, t, words)]
  if (editing)
    columns.push({
      title: t('rules.sheet.actions'),
      key: 'actions',
      width: ORDERED.includes(part) ? 268 : 148,
      render: (_, entry) => (
        <span className="rules-actions">
          {ORDERED.includes(part) && (
            <>
              <Button size="small" disabled={place(entry) === 0} onClick={() => send({ do: 'move', part, key: entry.key, before: rows[place(entry) - 1]?.key })}>
                {t('rules.sheet.up')}
              </Button>
              <Button size="small" disabled={place(entry) === rows.length - 1} onClick={() => send({ do: 'move', part, key: entry.key, before: rows[place(entry) + 2]?.key ?? null })}>
                {t('rules.sheet.down')}
              </Button>
            </>
          )}
          <Button size="small" type="primary" ghost onClick={() => setOpen(entry)} data-testid={`edit-${entry.key}`}>
            {t('rules.sheet.edit')}
          </Button>
          <Ask title={t('rules.sheet.removeAsk', { key: entry.key })} okText={t('rules.sheet.remove')} cancelText={t('rules.cancel')} onConfirm={() => send({ do: 'remove', part, key: entry.key })}>
            <Button size="small" danger>
              {t('rules.sheet.remove')}
            </Button>
          </Ask>
        </span>
      ),
    })
  return (
    <>
      <div className="rules-tools">
        <Input.Search value={filter} onChange={(event) => setFilter(event.target.value || undefined)} allowClear placeholder={t('rules.sheet.filter')} aria-label={t('rules.sheet.filter')} data-testid="rules-filter" />
        <span className="meta">{t('rules.sheet.rows', { count: shown.length })}</span>
        {ORDERED.includes(part) && <span className="meta">{t('rules.sheet.order')}</span>}
        <span className="grow" />
        {editing && (
          <Button onClick={() => setOpen('new')} data-testid="entry-add">
            {t('rules.sheet.add')}
          </Button>
        )}
      </div>
      <CardTable
        rowKey="key"
        size="small"
        columns={columns}
        dataSource={shown}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: t('rules.sheet.empty') }}
        rowClassName={(entry) => (wrong.has(entry.key) ? 'rules-wrong' : changed.has(entry.key) ? 'rules-changed' : '')}
        onRow={(entry) => ({ 'data-testid': `entry-${entry.key}` }) as React.HTMLAttributes<HTMLElement>}
        scroll={{ x: 'max-content' }}
      />
      {open && <EntryDialog part={part} entry={open === 'new' ? null : open} sheet={sheet} desk={desk} close={() => setOpen(null)} />}
    </>
  )
}
