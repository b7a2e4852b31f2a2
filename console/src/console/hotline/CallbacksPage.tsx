import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, Checkbox, Input, Radio, Skeleton, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readContact } from '@/shared/api/incidents'
import { readCallbacks, readCallsMade, recordCallback, type Attempt, type Callback } from '@/shared/api/supervision'
import { shortTime } from '@/shared/time'
import { cityNow } from '../app/clock'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { Stars } from '../app/Stars'
import { touchIncident } from '../moves/useMoveDesk'
import '../supervision/supervision.css'
import { HotlineTabs } from './HotlineTabs'

const KEY = ['callbacks'] as const

/** Who is to be called about a closed incident, and what the calls have brought. */
export function CallbacksPage() {
  const { t } = useTranslation('console')
  const due = useQuery({ queryKey: [...KEY, 'due'], queryFn: readCallbacks, refetchInterval: 60_000 })
  const made = useQuery({ queryKey: [...KEY, 'made'], queryFn: readCallsMade })
  const [call, setCall] = useState<Callback | null>(null)
  return (
    <div className="calls">
      <HotlineTabs />
      <section className="card">
        <div className="card-head">
          <h1>{t('callbacks.due')}</h1>
          {due.data && <span className="meta">{t('callbacks.count', { count: due.data.total })}</span>}
        </div>
        {due.error ? <ErrorNote error={due.error} retry={() => void due.refetch()} /> : null}
        {due.isPending && <Skeleton active />}
        {due.data?.items.length === 0 && (
          <div className="empty" data-testid="calls-empty">
            <b>{t('callbacks.empty')}</b>
            <p>{t('callbacks.emptyText')}</p>
          </div>
        )}
        <ul>{due.data?.items.map((item) => <Due key={item.incident} item={item} take={() => setCall(item)} />)}</ul>
      </section>
      <section className="card">
        <div className="card-head">
          <h2>{t('callbacks.made')}</h2>
        </div>
        {made.error ? <ErrorNote error={made.error} retry={() => void made.refetch()} /> : null}
        {made.isPending && <Skeleton active title={false} />}
        {made.data?.length === 0 && <p className="meta">{t('callbacks.nothing')}</p>}
        <ul className="board-why">{made.data?.map((one) => <Made key={`${one.incident}${one.at}`} one={one} />)}</ul>
      </section>
      {call && <CallDialog key={call.incident} call={call} close={() => setCall(null)} />}
    </div>
  )
}

function Due({ item, take }: { item: Callback; take: () => void }) {
  const { t } = useTranslation('console')
  return (
    <li className="board-row" data-testid="callback" data-number={item.number}>
      <span className="chip chip-brand">{item.reason_words}</span>
      <div className="board-what">
        <p className="board-title">
          <Link to="/incidents/$id" params={{ id: item.incident }}>
            {item.title}
          </Link>
          <span className="meta">
            {item.number} · {item.place}
          </span>
        </p>
        <p>
          {item.reporter} {item.phone} · {t('callbacks.closed', { time: shortTime(item.closed_at) })}
          {item.stars ? ` · ${t('callbacks.rated', { count: item.stars })}` : ''}
          {item.tries > 0 && ` · ${t('callbacks.tries', { count: item.tries })}`}
        </p>
        {item.outcome && (
          <p className="meta">
            {t('callbacks.outcome')}：{item.outcome}
          </p>
        )}
      </div>
      <Button size="small" type="primary" onClick={take} data-testid="record-call">
        {t('callbacks.record')}
      </Button>
    </li>
  )
}

function Made({ one }: { one: Attempt }) {
  const { t } = useTranslation('console')
  return (
    <li data-testid="call-made">
      <span className="meta">{shortTime(one.at)}</span> <Link to="/incidents/$id" params={{ id: one.incident }}>{one.number}</Link> {one.title} · {t(one.reached ? 'callbacks.reached' : 'callbacks.unreached')}
      {one.stars ? ` · ${t('callbacks.star', { count: one.stars })} · ${t(one.solved ? 'callbacks.yes' : 'callbacks.no')}` : ''} {one.words} · {one.by}
    </li>
  )
}

/** The number appears only through the audited call; what was said becomes a rating or a reopening. */
function CallDialog({ call, close }: { call: Callback; close: () => void }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [reached, setReached] = useState(true)
  const [stars, setStars] = useState(0)
  const [solved, setSolved] = useState<boolean | null>(null)
  const [words, setWords] = useState('')
  const [reopen, setReopen] = useState(false)
  const contact = useMutation({ mutationFn: () => readContact(call.incident, call.report, t('callbacks.callReason')) })
  const late = Date.parse(call.reopen_until) < cityNow()
  const save = useMutation({
    mutationFn: () => recordCallback(call.incident, reached ? { reached, stars, solved, words: words.trim(), reopen } : { reached, words: words.trim() }),
    onSuccess: () => {
      void message.success(t('callbacks.saved'))
      void client.invalidateQueries({ queryKey: KEY })
      touchIncident(client, call.incident)
      close()
    },
  })
  const lacking = reached && (stars === 0 || solved === null || (reopen && words.trim() === ''))
  const ok = { disabled: lacking, loading: save.isPending, 'data-testid': 'confirm' } as ButtonProps
  return (
    <Dialog open title={`${t('callbacks.record')} ${call.number}`} onCancel={close} onOk={() => save.mutate()} okText={t('callbacks.save')} cancelText={t('supervision.cancel')} okButtonProps={ok}>
      <div className="press-fields" data-testid="call-dialog">
        <p>
          {contact.data ? <b data-testid="contact">{contact.data.name} {contact.data.phone}</b> : <Button size="small" loading={contact.isPending} onClick={() => contact.mutate()} data-testid="reveal">{t('callbacks.call')}</Button>}
        </p>
        {contact.error ? <ErrorNote error={contact.error} /> : null}
        <Radio.Group aria-label={t('callbacks.answer')} value={reached} onChange={(event) => setReached(event.target.value as boolean)} options={[{ value: true, label: t('callbacks.reached') }, { value: false, label: t('callbacks.unreached') }]} />
        {reached && (
          <>
            <div>
              <span>{t('callbacks.stars')}</span> <Stars value={stars} onChange={setStars} aria-label={t('callbacks.stars')} />
            </div>
            <Radio.Group aria-label={t('callbacks.solved')} value={solved} onChange={(event) => setSolved(event.target.value as boolean)} options={[{ value: true, label: t('callbacks.yes') }, { value: false, label: t('callbacks.no') }]} />
            {solved === false && (
              <Checkbox checked={reopen} disabled={late} onChange={(event) => setReopen(event.target.checked)}>
                {t('callbacks.reopen')} <span className="meta">{late ? t('callbacks.tooLate') : t('callbacks.reopenHint', { time: shortTime(call.reopen_until) })}</span>
              </Checkbox>
            )}
          </>
        )}
        <Input.TextArea value={words} onChange={(event) => setWords(event.target.value)} aria-label={t('callbacks.words')} placeholder={t('callbacks.words')} autoSize={{ minRows: 2 }} maxLength={1000} />
        {save.error ? <ErrorNote error={save.error} /> : null}
      </div>
    </Dialog>
  )
}
