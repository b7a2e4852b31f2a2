import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Radio, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { previewCalendar, readNotice, saveCalendar, undoCalendar, type CalendarDay, type CalendarYear, type DeadlineShifts } from '@/shared/api/rules'
import { fullTime, shortTime } from '@/shared/time'
import { useMay } from '../../app/session'
import { ErrorNote } from '../../app/ErrorNote'
import { isDirty, withDay, without } from './calendar'
import { ReasonDialog } from './ReasonDialog'
import { useWords } from './words'

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Edit a year, see what would move, save with a reason; running limits follow only where that is chosen. */
export function CalendarEditor({ known }: { known: CalendarYear }) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const may = useMay()('rules.publish')
  const [days, setDays] = useState(known.days)
  const [hours, setHours] = useState(known.hours)
  const [asking, setAsking] = useState<'save' | 'undo' | null>(null)
  const [recount, setRecount] = useState(false)
  const dirty = isDirty(known, days, hours)
  const change = { year: known.year, days, hours: hours.trim() }
  const preview = useMutation({ mutationFn: () => previewCalendar(change) })
  const notice = useMutation({
    mutationFn: readNotice,
    onSuccess: (read) => {
      const own = read.days.filter((one) => one.day.startsWith(String(known.year)))
      if (!read.years.includes(known.year)) return void message.warning(t('rules.year.noYear', { year: known.year }))
      setDays(own)
      void message.success(t('rules.year.imported', { count: own.length }))
    },
  })
  const save = useMutation({
    mutationFn: (reason: string) => (asking === 'undo' ? undoCalendar(reason, recount) : saveCalendar(change, reason, recount)),
    onSuccess: () => {
      void message.success(asking === 'undo' ? t('rules.year.undone') : t('rules.year.saved'))
      setAsking(null)
      void client.invalidateQueries({ queryKey: ['rules', 'calendar'] })
    },
  })
  const take = (file: File) => {
    void file.text().then((csv) => notice.mutate(csv))
    return false
  }
  const edit = (next: CalendarDay[]) => {
    setDays(next)
    preview.reset()
  }
  return (
    <>
      <ul className="calendar-days" data-testid="calendar-days">
        {days.map((one) => (
          <li key={one.day} data-day={one.day}>
            <b>{one.day}</b>
            <span className={one.kind === 'holiday' ? 'chip chip-done' : 'chip chip-brand'}>{t(`rules.year.${one.kind}`)}</span>
            <span>{one.name}</span>
            {may && (
              <Button size="small" onClick={() => edit(without(days, one.day))} aria-label={`${t('rules.year.remove')} ${one.day}`}>
                {t('rules.year.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {days.length === 0 && <p className="meta">{t('rules.year.none')}</p>}
      {may && <AddDay year={known.year} add={(day) => edit(withDay(days, day))} />}
      <div className="calendar-add">
        <label>
          <span>{t('rules.year.hours')}</span>
          <Input value={hours} disabled={!may} onChange={(event) => setHours(event.target.value)} placeholder={t('rules.year.hoursHint')} style={{ width: 260 }} data-testid="calendar-hours" />
        </label>
        {may && (
          <>
            <Upload accept=".csv,text/csv" showUploadList={false} beforeUpload={take}>
              <Button title={t('rules.year.importHint')}>{t('rules.year.import')}</Button>
            </Upload>
            <Button disabled={!dirty} loading={preview.isPending} onClick={() => preview.mutate()} data-testid="calendar-preview">
              {t('rules.year.preview')}
            </Button>
            <Button type="primary" disabled={!dirty} onClick={() => setAsking('save')} data-testid="calendar-save">
              {t('rules.save')}
            </Button>
            {known.can_undo && <Button onClick={() => setAsking('undo')}>{t('rules.year.undo')}</Button>}
          </>
        )}
        {dirty && <span className="chip chip-yellow">{t('rules.year.dirty')}</span>}
      </div>
      {(preview.error ?? notice.error) && <ErrorNote error={preview.error ?? notice.error} />}
      {preview.data && <Effect shifts={preview.data} />}
      <Editions known={known} />
      {asking && (
        <ReasonDialog title={asking === 'undo' ? t('rules.year.undo') : t('rules.year.saveTitle')} ok={asking === 'undo' ? t('rules.year.undo') : t('rules.save')} busy={save.isPending} error={save.error} send={save.mutate} close={() => setAsking(null)}>
          <Radio.Group
            value={recount}
            onChange={(event) => setRecount(event.target.value === true)}
            options={[
              { value: false, label: `${t('rules.year.keep')} · ${t('rules.year.keepText')}` },
              { value: true, label: `${t('rules.year.recount')} · ${t('rules.year.recountText')}` },
            ]}
            vertical
          />
        </ReasonDialog>
      )}
    </>
  )
}

function AddDay({ year, add }: { year: number; add: (day: CalendarDay) => void }) {
  const { t } = useTranslation('console')
  const [day, setDay] = useState(`${year}-`)
  const [kind, setKind] = useState<CalendarDay['kind']>('holiday')
  const [name, setName] = useState('')
  const able = DAY.test(day) && day.startsWith(String(year)) && name.trim().length > 0
  return (
    <form
      className="calendar-add"
      onSubmit={(event) => {
        event.preventDefault()
        if (able) add({ day, kind, name: name.trim() })
      }}
    >
      <label>
        <span>{t('rules.year.date')}</span>
        <Input value={day} onChange={(event) => setDay(event.target.value)} placeholder={t('rules.year.dateHint')} style={{ width: 140 }} data-testid="day-date" />
      </label>
      <label>
        <span>{t('rules.year.kind')}</span>
        <Select value={kind} onChange={setKind} options={(['holiday', 'workday'] as const).map((one) => ({ value: one, label: t(`rules.year.${one}`) }))} aria-label={t('rules.year.kind')} style={{ width: 140 }} />
      </label>
      <label>
        <span>{t('rules.year.name')}</span>
        <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={40} style={{ width: 180 }} data-testid="day-name" />
      </label>
      <Button htmlType="submit" disabled={!able} data-testid="day-add">
        {t('rules.year.add')}
      </Button>
    </form>
  )
}

function Effect({ shifts }: { shifts: DeadlineShifts }) {
  const { t } = useTranslation('console')
  const words = useWords()
  return (
    <div data-testid="calendar-effect">
      <p className="rules-note">{t('rules.year.effect', { running: shifts.running, moved: shifts.earlier + shifts.later, earlier: shifts.earlier, later: shifts.later })}</p>
      <ul className="rules-lines">
        {shifts.examples.map((one) => (
          <li key={`${one.number} ${one.stage} ${one.due}`}>
            <span>{one.number}</span>
            <span className="meta">
              {words.named('stage', one.stage)} · {t('rules.year.was')} {shortTime(one.due)} · {t('rules.year.becomes')} {shortTime(one.would_be)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Editions({ known }: { known: CalendarYear }) {
  const { t } = useTranslation('console')
  if (known.editions.length === 0) return null
  return (
    <>
      <h2>{t('rules.year.history')}</h2>
      <ul className="rules-lines">
        {known.editions.map((one) => (
          <li key={one.id}>
            <span className="chip">{one.action === 'imported' ? t('rules.year.importedAction') : t('rules.year.edited')}</span>
            <b>{t('rules.year.years', { years: one.years.join('、') })}</b>
            <span>{one.reason}</span>
            <span className="meta">
              {one.by} · {fullTime(one.at).slice(0, 16)}
              {one.undone_at && ` · ${t('rules.year.undoneBy', { who: one.undone_by, time: shortTime(one.undone_at) })}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
