import { useMutation } from '@tanstack/react-query'
import { Button, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IMPORT_TEMPLATE, importPeople, type Imported, type ImportRow } from '@/shared/api/admin'
import { CardTable } from '../app/CardTable'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { useAct } from './useAct'
import { useProven } from './useProven'

/** A table of people: chosen, tried row by row, then made as one change that can be undone. */
export function ImportPeople({ close }: { close: () => void }) {
  const { t } = useTranslation('console')
  const guard = useProven()
  const [file, setFile] = useState<File | null>(null)
  const tried = useMutation({ mutationFn: (chosen: File) => guard(() => importPeople(chosen, true)) })
  const found = tried.data
  const people = found?.people ?? 0
  const make = useAct((chosen: File) => importPeople(chosen, false), { done: t('people.import.done', { people }), then: close })
  const choose = (chosen: File) => {
    setFile(chosen)
    make.reset()
    tried.mutate(chosen)
    return false
  }
  const ready = file !== null && found !== undefined && found.faults === 0 && !tried.isPending
  return (
    <Dialog
      open
      width={860}
      title={t('people.import.title')}
      okText={t('people.import.act', { people })}
      cancelText={t('moves.cancel')}
      okButtonProps={{ disabled: !ready, 'data-testid': 'import-make' }}
      confirmLoading={make.isPending}
      onOk={() => file && make.mutate(file)}
      onCancel={close}
    >
      <p className="meta">{t('people.import.hint')}</p>
      <div className="admin-filters">
        <Upload accept=".xlsx,.csv" showUploadList={false} beforeUpload={choose} maxCount={1}>
          <Button type="primary" loading={tried.isPending} data-testid="import-choose">
            {t('people.import.choose')}
          </Button>
        </Upload>
        <Button href={IMPORT_TEMPLATE} download>
          {t('people.import.template')}
        </Button>
        {file && <span className="meta">{file.name}</span>}
      </div>
      {(make.error ?? tried.error) && <ErrorNote error={make.error ?? tried.error} />}
      {found && <Found found={found} />}
    </Dialog>
  )
}

function Found({ found }: { found: Imported }) {
  const { t } = useTranslation('console')
  const counts = { rows: found.rows.length, people: found.people, faults: found.faults }
  const text = (key: 'name' | 'login' | 'unit' | 'role' | 'region', title: string) => ({ key, title, render: (row: ImportRow) => row[key] })
  return (
    <>
      <p role="status" data-testid="import-result">
        {found.faults ? t('people.import.faults', counts) : t('people.import.ready', counts)}
        {found.ignored.length > 0 && ` ${t('people.import.ignored', { columns: found.ignored.join('、') })}`}
      </p>
      <CardTable<ImportRow>
        rowKey="line"
        size="small"
        dataSource={[...found.rows].sort((one, other) => other.faults.length - one.faults.length || one.line - other.line)}
        pagination={{ pageSize: 10, showSizeChanger: false, hideOnSinglePage: true }}
        scroll={{ x: 720 }}
        locale={{ emptyText: t('people.import.none') }}
        columns={[
          { key: 'line', title: t('people.import.line'), render: (row: ImportRow) => row.line },
          text('name', t('admin.person.name')),
          text('login', t('admin.person.login')),
          text('unit', t('admin.post.unit')),
          text('role', t('admin.post.role')),
          text('region', t('people.import.region')),
          {
            key: 'faults', title: t('people.import.result'),
            render: (row: ImportRow) => (row.faults.length ? row.faults.map((fault) => <div key={fault.field + fault.text} className="chip chip-red">{fault.text}</div>) : t('people.import.fine')),
          },
        ]}
      />
    </>
  )
}
