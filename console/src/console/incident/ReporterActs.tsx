import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, type ButtonProps, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { blockReporter, eraseReport, markSpam, readContact } from '@/shared/api/incidents'
import type { ReportView } from '@/shared/api/types'
import { cityNow } from '../app/clock'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { touchIncident } from '../moves/useMoveDesk'

type Act = 'contact' | 'spam' | 'block' | 'erase'
const BLOCK_DAYS = 30

/** Seeing a number, marking abuse, blocking: each asks for a reason and is written to the audit. */
export function ReporterActs({ incident, report }: { incident: number; report: ReportView }) {
  const { t } = useTranslation('console')
  const may = useMay()
  const client = useQueryClient()
  const [asked, setAsked] = useState<Act | null>(null)
  const [reason, setReason] = useState('')
  const [contact, setContact] = useState<{ name: string; phone: string } | null>(null)
  const act = useMutation({
    mutationFn: async (what: Act) => {
      if (what === 'contact') return setContact(await readContact(incident, report.id, reason))
      if (what === 'erase') await eraseReport(report.id, reason)
      else if (what === 'spam') await markSpam(report.id, !report.spam, reason)
      else await blockReporter(report.id, reason, new Date(cityNow() + BLOCK_DAYS * 86_400_000).toISOString())
      touchIncident(client, incident)
    },
    onSuccess: () => {
      setAsked(null)
      setReason('')
    },
  })
  const ask = (what: Act) => {
    act.reset()
    setAsked(what)
  }
  const button = (what: Act, label: string, shown: boolean) =>
    shown && (
      <Button type="link" size="small" onClick={() => ask(what)} data-testid={`reporter-${what}`}>
        {label}
      </Button>
    )
  return (
    <p className="no-print">
      {contact ? (
        <b data-testid="contact">
          {contact.name} {contact.phone}
        </b>
      ) : (
        button('contact', t('reporters.contact'), may('reporter.contact') && report.phone !== null)
      )}
      {button('spam', t(report.spam ? 'reporters.notSpam' : 'reporters.markSpam'), may('reporter.block'))}
      {button('block', t('reporters.block'), may('reporter.block') && report.channel !== 'api')}
      {button('erase', t('reporters.erase'), may('personal.erase') && report.phone !== null)}
      {asked && (
        <Dialog
          open
          title={t(`reporters.ask.${asked}`)}
          onCancel={() => setAsked(null)}
          okText={t('reporters.ok')}
          cancelText={t('moves.cancel')}
          okButtonProps={{ disabled: reason.trim() === '', loading: act.isPending, 'data-testid': 'confirm' } as ButtonProps}
          onOk={() => act.mutate(asked)}
        >
          <p className="meta">{t(`reporters.note.${asked}`, { days: BLOCK_DAYS })}</p>
          <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} aria-label={t('need.reason')} placeholder={t('need.reason')} autoSize={{ minRows: 2 }} />
          {act.error && <ErrorNote error={act.error} />}
        </Dialog>
      )}
    </p>
  )
}
