import { useMutation } from '@tanstack/react-query'
import { App } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newKey } from '@/shared/api/http'
import { sendReport } from '@/shared/api/incidents'
import type { Receipt } from '@/shared/api/types'
import { useMe } from '../app/session'
import { CallForm } from './CallForm'
import { HotlineTabs } from './HotlineTabs'
import './hotline.css'
import { emptyCall, missing, toReport, type Call } from './call'
import { onPrefill, takePrefill } from './prefill'
import { ReceiptCard } from './ReceiptCard'
import { SimilarList } from './SimilarList'

const PinMap = lazy(() => import('./PinMap').then((module) => ({ default: module.PinMap })))

/** Fast entry while somebody is on the phone: everything by keyboard, the place read back, a receipt at the end. */
export function HotlinePage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const { message } = App.useApp()
  const [call, setCall] = useState<Call>(takePrefill)
  const [receipt, setReceipt] = useState<Receipt | null>(null)
  const [asked, setAsked] = useState(false)
  const key = useRef(newKey())
  const channel = me.post?.role === 'hotline' ? ('hotline' as const) : undefined
  const send = useMutation({
    mutationFn: () => sendReport(toReport(call, channel), key.current),
    onSuccess: (got) => setReceipt(got),
  })
  const set = (change: Partial<Call>) => {
    setCall((old) => ({ ...old, ...change }))
    send.reset()
  }
  const submit = () => {
    setAsked(true)
    if (send.isPending || receipt) return
    if (missing(call).length > 0) return void message.warning(t('hotline.missing'))
    send.mutate()
  }
  const again = () => {
    key.current = newKey()
    setCall(emptyCall())
    setReceipt(null)
    setAsked(false)
    send.reset()
  }
  const latest = useRef({ submit, again, done: false })
  useEffect(() => {
    latest.current = { submit, again, done: receipt !== null }
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      if (latest.current.done) latest.current.again()
      else latest.current.submit()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  useEffect(() => onPrefill(() => setCall(takePrefill())), [])
  return (
    <div className="hotline">
      <section className="hotline-form">
        <HotlineTabs />
        {receipt ? (
          <ReceiptCard receipt={receipt} again={again} />
        ) : (
          <CallForm call={call} set={set} submit={submit} busy={send.isPending} error={send.error} missing={asked ? missing(call) : []} />
        )}
      </section>
      <section className="hotline-place">
        <div className="hotline-map">
          <Suspense fallback={<div className="map-wait" />}>
            <PinMap lon={call.lon} lat={call.lat} pick={(lon, lat) => set({ lon, lat, positioned: 'map', joins: null })} />
          </Suspense>
        </div>
        <SimilarList call={call} set={set} />
      </section>
    </div>
  )
}
