import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Progress, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { importThings, THINGS_TEMPLATE, type ThingFault, type ThingsImported, type ThingSecret } from '@/shared/api/things'
import { useAct } from '../admin/useAct'
import { useProven } from '../admin/useProven'
import { CardTable } from '../app/CardTable'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'

/** A table of things: chosen, tried row by row, then registered as one change that can be undone. */
export function ImportThings({ close }: { close: () => void }) {
  const { t } = useTranslation('console')
  const guard = useProven()
  const [file, setFile] = useState<File | null>(null)
  const [secrets, setSecrets] = useState(false)
  const [share, setShare] = useState(0)
  const [given, setGiven] = useState<ThingSecret[]>([])
  const send = (chosen: File, dry: boolean) => {
    setShare(0)
    return importThings(chosen, { dry, secrets: secrets && !dry }, setShare)
  }
  const tried = useMutation({ mutationFn: (chosen: File) => guard(() => send(chosen, true)) })
  const found = tried.data
  const count = found?.things ?? 0
  const make = useAct((chosen: File) => send(chosen, false), {
    done: t('things.import.done', { things: count }),
    then: (made) => (made.secrets.length ? setGiven(made.secrets) : close()),
  })
  const choose = (chosen: File) => {
    setFile(chosen)
    make.reset()
    tried.mutate(chosen)
    return false
  }
  const busy = tried.isPending || make.isPending
  const ready = file !== null && found !== undefined && found.faults === 0 && !busy && given.length === 0
  const error = make.error ?? tried.error
  return (
    <Dialog
      open
      width={860}
      title={t('things.import.title')}
      okText={t('things.import.act', { things: count })}
      cancelText={t(given.length ? 'things.import.close' : 'things.cancel')}
      okButtonProps={{ disabled: !ready, 'data-testid': 'things-make' }}
      confirmLoading={make.isPending}
      onOk={() => file && make.mutate(file)}
      onCancel={close}
    >
      <p className="meta">{t('things.import.hint')}</p>
      <div className="things-acts">
        <Upload accept=".xlsx,.csv" showUploadList={false} beforeUpload={choose} maxCount={1} disabled={busy}>
          <Button type="primary" disabled={busy} data-testid="things-choose">
            {t('things.import.choose')}
          </Button>
        </Upload>
        <Button href={THINGS_TEMPLATE} download>
          {t('things.import.template')}
        </Button>
        <Checkbox checked={secrets} onChange={(event) => setSecrets(event.target.checked)}>
          {t('things.import.secrets')}
        </Checkbox>
        {file && <span className="meta">{file.name}</span>}
      </div>
      {busy && <Sending share={share} making={make.isPending} />}
      {!busy && !!error && <ErrorNote error={error} />}
      {!busy && found && <Found found={found} />}
      {given.length > 0 && <Secrets given={given} />}
    </Dialog>
  )
}

/** The way to the server is measured; what the server does then is said in words. */
function Sending({ share, making }: { share: number; making: boolean }) {
  const { t } = useTranslation('console')
  const sent = share >= 1
  const doing = !sent ? t('things.import.sending') : making ? t('things.import.making') : t('things.import.checking')
  return (
    <div role="status" data-testid="things-progress">
      {doing}
      <Progress percent={Math.round(share * 100)} status={sent ? 'active' : 'normal'} aria-label={t('things.import.progress')} />
    </div>
  )
}

function Found({ found }: { found: ThingsImported }) {
  const { t } = useTranslation('console')
  const { lines, things, faults, report } = found
  return (
    <>
      <p role="status" data-testid="things-result">
        {faults ? t('things.import.faults', { lines, faults }) : t('things.import.ready', { lines, things })}
        {report.length < faults && ` ${t('things.import.first', { count: report.length })}`}
        {found.ignored.length > 0 && ` ${t('things.import.ignored', { columns: found.ignored.join('、') })}`}
      </p>
      {faults > 0 && (
        <CardTable<ThingFault>
          rowKey={(row) => `${row.line} ${row.column} ${row.text}`}
          size="small"
          dataSource={report}
          pagination={{ pageSize: 10, showSizeChanger: false, hideOnSinglePage: true }}
          scroll={{ x: 620 }}
          columns={[
            { key: 'line', title: t('things.import.line'), render: (row: ThingFault) => row.line },
            { key: 'thing', title: t('things.code'), render: (row: ThingFault) => row.thing || '—' },
            { key: 'column', title: t('things.import.column'), render: (row: ThingFault) => row.column },
            { key: 'text', title: t('things.import.problem'), render: (row: ThingFault) => <span className="chip chip-red">{row.text}</span> },
          ]}
        />
      )}
    </>
  )
}

/** Codes are letters, digits and dots, secrets are of our making: no cell can become a formula. */
function Secrets({ given }: { given: ThingSecret[] }) {
  const { t } = useTranslation('console')
  const save = () => {
    const lines = ['code,secret', ...given.map(({ code, secret }) => `${code},${secret}`)]
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([lines.join('\r\n')], { type: 'text/csv' }))
    link.download = 'chengyun-secrets.csv'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <p className="things-secret" role="status" data-testid="things-secrets">
      {t('things.import.keep')} <Button onClick={save}>{t('things.import.download')}</Button>
    </p>
  )
}
