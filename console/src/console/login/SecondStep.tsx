import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { enterFactor } from '@/shared/api/admin'
import { ErrorNote } from '../app/ErrorNote'
import { EnrolFactor } from '../settings/EnrolFactor'

export type Waits = 'factor' | 'enrolment'

/** After the password: a code, or setting the second factor up. Until then nothing is open. */
export function SecondStep({ waits, done, back }: { waits: Waits; done: () => void; back: () => void }) {
  const { t } = useTranslation('console')
  const enter = useMutation({ mutationFn: ({ code }: { code: string }) => enterFactor(code.trim()), onSuccess: done })
  return (
    <div data-testid="second-step">
      {waits === 'enrolment' ? (
        <>
          <p>{t('factor.required')}</p>
          <EnrolFactor done={done} />
        </>
      ) : (
        <Form layout="vertical" requiredMark={false} onFinish={(entry: { code: string }) => enter.mutate(entry)}>
          <Form.Item name="code" label={t('factor.code')} extra={t('factor.enter')} rules={[{ required: true, message: t('factor.enter') }]}>
            <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={20} data-testid="second-code" />
          </Form.Item>
          {enter.error && <ErrorNote error={enter.error} />}
          <Button type="primary" htmlType="submit" block loading={enter.isPending} data-testid="second-submit">
            {t('factor.confirm')}
          </Button>
        </Form>
      )}
      <Button type="link" onClick={back}>
        {t('factor.back')}
      </Button>
    </div>
  )
}
