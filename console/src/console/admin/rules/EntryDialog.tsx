import { Form, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem } from '@/shared/api/problem'
import type { Data, Part, RuleEntry, RuleSheet } from '@/shared/api/rules'
import { Dialog } from '../../app/Dialog'
import { ErrorNote } from '../../app/ErrorNote'
import { CategoryFields, DutyFields, LimitFields, MessageFields } from './fields'
import { fromForm, toForm } from './forms'
import { RouteFields } from './RouteFields'
import type { Drafting } from './useDraft'

interface Props {
  part: Part
  entry: RuleEntry | null
  sheet: RuleSheet
  desk: Drafting
  close: () => void
}
const FIELDS = { categories: CategoryFields, limits: LimitFields, duties: DutyFields, routing: RouteFields, messages: MessageFields }
// where a field of the file is two fields of the form
const SHOWN_AT: Record<string, string> = { limit: 'amount' }

/** The form of one entry; what the checker refuses shows at its field. */
export function EntryDialog({ part, entry, sheet, desk, close }: Props) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<Data>()
  const [broken, setBroken] = useState(false)
  const Fields = FIELDS[part]
  const finish = (values: Data) => {
    setBroken(false)
    let data: Data
    try {
      data = fromForm(part, values)
    } catch {
      return setBroken(true)
    }
    const group = part === 'categories' ? String(values.group ?? '') : null
    desk.edit.mutate([{ do: 'put', part, key: entry?.key ?? null, data, group }], { onSuccess: close, onError: showFields })
  }
  const showFields = (error: unknown) => {
    if (!isProblem(error)) return
    form.setFields(error.fields.map((field) => ({ name: (SHOWN_AT[field.path] ?? field.path).split('.').map((one) => (/^\d+$/.test(one) ? Number(one) : one)), errors: [field.message] })))
  }
  return (
    <Dialog
      open
      width={760}
      title={entry ? t('rules.sheet.editEntry', { key: entry.key }) : t('rules.sheet.newEntry', { part: t(`rules.part.${part}`) })}
      okText={t('rules.save')}
      cancelText={t('rules.cancel')}
      onCancel={close}
      onOk={() => form.submit()}
      confirmLoading={desk.edit.isPending}
      okButtonProps={{ 'data-testid': 'entry-save' } as ButtonProps}
      destroyOnHidden
      maskClosable={false}
    >
      {entry && <p className="meta">{t('rules.sheet.where', { file: entry.file, line: entry.line })}</p>}
      <Form
        form={form}
        layout="vertical"
        initialValues={toForm(part, entry)}
        onFinish={finish}
        requiredMark={false}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.submit()
        }}
      >
        <Fields sheet={sheet} fresh={entry === null} />
      </Form>
      {broken && <p role="alert">{t('rules.field.moreHint')}</p>}
      {desk.edit.error && <ErrorNote error={desk.edit.error} />}
    </Dialog>
  )
}
