import { Input, type ButtonProps } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../app/Dialog'
import { ErrorNote } from '../../app/ErrorNote'

interface Props {
  title: string
  ok: string
  busy: boolean
  error: unknown
  send: (reason: string) => void
  close: () => void
  children?: ReactNode
}

/** Nothing changes without a reason: it goes into the history and the audit. */
export function ReasonDialog({ title, ok, busy, error, send, close, children }: Props) {
  const { t } = useTranslation('console')
  const [reason, setReason] = useState('')
  const able = reason.trim().length > 0
  return (
    <Dialog open title={title} okText={ok} cancelText={t('rules.cancel')} onCancel={close} onOk={() => send(reason.trim())} confirmLoading={busy} okButtonProps={{ disabled: !able, 'data-testid': 'reason-ok' } as ButtonProps} destroyOnHidden>
      {children}
      <label>
        <span>{t('rules.review.reason')}</span>
        <Input.TextArea autoFocus value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('rules.review.reasonHint')} data-testid="reason" />
      </label>
      {error ? <ErrorNote error={error} /> : null}
    </Dialog>
  )
}
