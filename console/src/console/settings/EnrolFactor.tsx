import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { confirmFactor, enrolFactor } from '@/shared/api/admin'
import { ErrorNote } from '../app/ErrorNote'

/** Scan, enter a code, write the recovery codes down. */
export function EnrolFactor({ done }: { done: () => void }) {
  const { t } = useTranslation('console')
  const drawn = useQuery({ queryKey: ['enrolment'], queryFn: enrolFactor, staleTime: Infinity, gcTime: 0, retry: false })
  const [codes, setCodes] = useState<string[] | null>(null)
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) => confirmFactor(code.trim()),
    onSuccess: (answer) => setCodes(answer.codes),
  })
  if (codes) return <RecoveryCodes codes={codes} done={done} />
  if (drawn.error) return <ErrorNote error={drawn.error} retry={() => void drawn.refetch()} />
  if (!drawn.data) return <Skeleton active />
  return (
    <div className="enrol">
      <p>{t('factor.scan')}</p>
      <img src={`data:image/svg+xml;utf8,${encodeURIComponent(drawn.data.picture)}`} alt={t('factor.scan')} width={200} height={200} />
      <p className="meta">
        {t('factor.manual')} <code data-testid="factor-secret">{drawn.data.secret}</code>
      </p>
      <Form layout="vertical" requiredMark={false} onFinish={(entry: { code: string }) => confirm.mutate(entry)}>
        <Form.Item name="code" label={t('factor.code')} rules={[{ required: true, message: t('factor.scan') }]}>
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={10} data-testid="enrol-code" />
        </Form.Item>
        {confirm.error && <ErrorNote error={confirm.error} />}
        <Button type="primary" htmlType="submit" loading={confirm.isPending} data-testid="enrol-submit">
          {t('factor.confirm')}
        </Button>
      </Form>
    </div>
  )
}

export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation('console')
  return (
    <div className="enrol">
      <h3>{t('factor.recovery')}</h3>
      <p>{t('factor.recoveryHint')}</p>
      <ul className="recovery" data-testid="recovery">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Button type="primary" onClick={done} data-testid="recovery-kept">
        {t('factor.kept')}
      </Button>
    </div>
  )
}
