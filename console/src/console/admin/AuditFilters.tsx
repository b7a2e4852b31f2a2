import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { listAuditActions } from '@/shared/api/admin'
import type { AuditSearch } from './search'
import { SUBJECTS, subjectText } from './subjects'

interface Entry {
  person?: string
  actions?: string[]
  kind?: string
  id?: string
  since?: string
  until?: string
}

/** Who, what in words, about what, and when; what an older address asks by code stays, as chips that one click takes off. */
export function AuditFilters({ asked }: { asked: AuditSearch }) {
  const { t } = useTranslation('console')
  const navigate = useNavigate({ from: '/admin/audit' })
  const { data, isPending } = useQuery({ queryKey: ['audit-actions'], queryFn: listAuditActions, staleTime: Infinity })
  const go = (change: AuditSearch) => void navigate({ search: Object.fromEntries(Object.entries({ ...asked, ...change }).filter(([, value]) => value)) })
  const [kind, id] = (asked.subject ?? '').split(':')
  const search = ({ person, actions, since, until, ...about }: Entry) =>
    go({ person: person?.trim(), actions: actions?.join(','), subject: about.kind && [about.kind, about.id?.trim()].filter(Boolean).join(':'), since, until })
  const chips = [
    { key: 'who', label: asked.who && t('admin.audit.whoId', { id: asked.who }), off: { who: undefined } },
    { key: 'action', label: asked.action && t('admin.audit.begins', { action: asked.action }), off: { action: undefined } },
  ].filter((chip) => chip.label)
  const initial = { ...asked, actions: asked.actions?.split(','), kind: kind || undefined, id }
  return (
    <Form layout="inline" className="admin-form-row audit-filters" initialValues={initial} onFinish={search} role="search">
      <Form.Item name="person" label={t('admin.audit.person')}>
        <Input allowClear placeholder={t('admin.audit.personHint')} data-testid="audit-person" />
      </Form.Item>
      <Form.Item name="actions" label={t('admin.audit.action')}>
        <Select
          mode="multiple"
          allowClear
          loading={isPending}
          maxTagCount="responsive"
          placeholder={t('admin.audit.actionHint')}
          showSearch={{ optionFilterProp: 'label' }}
          options={data?.map((group) => ({ label: group.name, title: group.name, options: group.actions.map((one) => ({ value: one.action, label: one.name, title: one.action })) }))}
          data-testid="audit-actions"
        />
      </Form.Item>
      <Form.Item name="kind" label={t('admin.audit.subject')}>
        <Select allowClear placeholder={t('admin.audit.subjectHint')} options={SUBJECTS.map((value) => ({ value, label: subjectText(value, '', t) }))} />
      </Form.Item>
      <Form.Item name="id" label={t('admin.audit.subjectId')}>
        <Input allowClear />
      </Form.Item>
      <Form.Item name="since" label={t('admin.audit.since')}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="until" label={t('admin.audit.until')}>
        <Input type="date" />
      </Form.Item>
      <Button htmlType="submit" data-testid="audit-search">
        {t('admin.audit.search')}
      </Button>
      {chips.map((chip) => (
        <button key={chip.key} type="button" className="chip chip-button" onClick={() => go(chip.off)} aria-label={t('filters.takeOff', { name: chip.label })}>
          {chip.label} <span aria-hidden="true">×</span>
        </button>
      ))}
    </Form>
  )
}
