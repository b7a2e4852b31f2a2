import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { issueSecret, readThing, setThingActive, type Datastream, type ThingDetail } from '@/shared/api/things'
import type { BBox } from '@/shared/api/types'
import { dayOf } from '@/shared/time'
import { useAct } from '../admin/useAct'
import { Ask } from '../app/Ask'
import { CardTable } from '../app/CardTable'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { SidePanel } from '../app/SidePanel'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { Ring } from '../map/Ring'
import { StreamForm } from './StreamForm'
import { ThingAlarms } from './ThingAlarms'
import { ThingForm } from './ThingForm'

const SPAN = 0.006 // degrees, about 600 m

/** One thing: where it stands, what it measures and how, its secret, and how its readings fared. */
export function ThingPanel({ id, close }: { id: number; close: () => void }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['thing', id], queryFn: () => readThing(id) })
  const may = useMay()
  const [writes, alarms] = [may('thing.write'), may('sign.read')]
  return (
    <SidePanel open title={data?.thing.name ?? t('things.title')} size={640} onClose={close}>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active />}
      {data && (
        <div className="admin-panel" data-testid="thing-panel">
          <Facts found={data} writes={writes} />
          <Streams found={data} writes={writes} />
          {alarms && <ThingAlarms thing={id} />}
          {writes && <Secret key={id} found={data} />}
          <Counts found={data} />
        </div>
      )}
    </SidePanel>
  )
}

function Facts({ found, writes }: { found: ThingDetail; writes: boolean }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const { thing } = found
  const [editing, setEditing] = useState(false)
  const bbox = useMemo<BBox>(() => [thing.lon - SPAN, thing.lat - SPAN, thing.lon + SPAN, thing.lat + SPAN], [thing.lon, thing.lat])
  const active = useAct((on: boolean) => setThingActive(thing.id, on), { done: t(thing.active ? 'things.retiredDone' : 'things.restoredDone') })
  const own = Object.entries(thing.properties).map(([name, value]) => `${name}：${String(value)}`).join('；')
  const facts = [
    [t('things.code'), thing.code], [t('things.kind'), found.kind_name], [t('things.owner'), found.owner_name || t('things.noOwner')],
    [t('things.place'), `${found.place}（${thing.lon.toFixed(6)}, ${thing.lat.toFixed(6)}）`], [t('things.address'), thing.address || '—'],
    [t('things.quota'), `${thing.quota} ${t('things.perMinute')}`], ...(own ? [[t('things.properties'), own]] : []),
  ]
  return (
    <section>
      <div className="things-map">
        <CityMap theme={theme} label={t('things.map')} bbox={bbox} padding={0} still>
          <Ring lon={thing.lon} lat={thing.lat} level="blue" />
        </CityMap>
      </div>
      <dl className="things-facts">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        <span className={thing.active ? 'chip chip-done' : 'chip'}>{t(thing.active ? 'things.inUse' : 'things.retired')}</span> {thing.simulated && <span className="chip">{t('things.simulated')}</span>}
      </p>
      {writes && (
        <div className="things-acts">
          <Button onClick={() => setEditing(true)} data-testid="thing-edit">
            {t('things.edit')}
          </Button>
          {thing.active ? (
            <Ask title={t('things.retireAsk')} okText={t('things.retire')} cancelText={t('things.cancel')} onConfirm={() => active.mutate(false)}>
              <Button loading={active.isPending} data-testid="thing-retire">
                {t('things.retire')}
              </Button>
            </Ask>
          ) : (
            <Button loading={active.isPending} onClick={() => active.mutate(true)} data-testid="thing-restore">
              {t('things.restore')}
            </Button>
          )}
        </div>
      )}
      {active.error && <ErrorNote error={active.error} />}
      {editing && <ThingForm known={found} close={() => setEditing(false)} />}
    </section>
  )
}

function Streams({ found, writes }: { found: ThingDetail; writes: boolean }) {
  const { t } = useTranslation('console')
  const [editing, setEditing] = useState<Datastream | null>(null)
  const names = new Map(found.names.map((one) => [one.stream, one]))
  const calibration = (one: Datastream) =>
    one.scale === 1 && one.shift === 0 ? t('things.stream.none') : `${t('things.stream.raw', { scale: one.scale, shift: one.shift })}${one.calibrated_at ? ` · ${t('things.stream.at', { day: dayOf(one.calibrated_at) })}` : ''}`
  return (
    <section>
      <h2>{t('things.stream.title')}</h2>
      <CardTable<Datastream>
        rowKey="id"
        size="small"
        pagination={false}
        dataSource={found.thing.streams}
        scroll={{ x: 520 }}
        columns={[
          { key: 'name', title: t('things.stream.measures'), render: (one: Datastream) => `${names.get(one.id)?.name ?? one.quantity}（${names.get(one.id)?.sent ?? one.unit}）` },
          { key: 'range', title: t('things.stream.range'), render: (one: Datastream) => `${one.low} – ${one.high} ${names.get(one.id)?.shown ?? ''}` },
          { key: 'interval', title: t('things.stream.interval'), render: (one: Datastream) => t('things.stream.seconds', { count: one.interval_s }) },
          { key: 'calibration', title: t('things.stream.calibration'), render: calibration },
          ...(writes
            ? [{
                key: 'act', title: '',
                render: (one: Datastream) => (
                  <Button size="small" onClick={() => setEditing(one)} aria-label={`${t('things.stream.edit')} ${names.get(one.id)?.name ?? ''}`} data-testid={`stream-${one.quantity}`}>
                    {t('things.stream.edit')}
                  </Button>
                ),
              }]
            : []),
        ]}
      />
      {editing && <StreamForm stream={editing} name={names.get(editing.id)?.name ?? editing.quantity} unit={names.get(editing.id)?.unit ?? editing.unit} close={() => setEditing(null)} />}
    </section>
  )
}

function Secret({ found }: { found: ThingDetail }) {
  const { t } = useTranslation('console')
  const { thing } = found
  const [secret, setSecret] = useState<string | null>(null)
  const issue = useAct(() => issueSecret(thing.id), { done: t('things.secret.done'), then: (made) => setSecret(made.secret) })
  const name = t(thing.has_secret ? 'things.secret.rotate' : 'things.secret.issue')
  const button = (onClick?: () => void) => (
    <Button loading={issue.isPending} onClick={onClick} data-testid="thing-secret">
      {name}
    </Button>
  )
  return (
    <section>
      <h2>{t('things.secret.title')}</h2>
      <p className="meta">{t(thing.has_secret ? 'things.secret.has' : 'things.secret.hasNot')}</p>
      <div className="things-acts">
        {thing.has_secret ? (
          <Ask title={t('things.secret.ask')} okText={name} cancelText={t('things.cancel')} onConfirm={() => issue.mutate(undefined)}>
            {button()}
          </Ask>
        ) : (
          button(() => issue.mutate(undefined))
        )}
      </div>
      {secret && (
        <p className="things-secret" role="status" data-testid="thing-secret-shown">
          {t('things.secret.shown')} <code>{secret}</code>
        </p>
      )}
      {issue.error && <ErrorNote error={issue.error} />}
    </section>
  )
}

function Counts({ found }: { found: ThingDetail }) {
  const { t } = useTranslation('console')
  return (
    <section>
      <h2>{t('things.counts.title')}</h2>
      <CardTable<ThingDetail['counts'][number]>
        rowKey={(row) => row.day + row.what}
        size="small"
        pagination={{ pageSize: 10, showSizeChanger: false, hideOnSinglePage: true }}
        dataSource={found.counts}
        locale={{ emptyText: t('things.counts.none') }}
        columns={[
          { key: 'day', title: t('things.counts.day'), render: (row: ThingDetail['counts'][number]) => row.day },
          { key: 'what', title: t('things.counts.what'), render: (row: ThingDetail['counts'][number]) => row.name },
          { key: 'n', title: t('things.counts.n'), render: (row: ThingDetail['counts'][number]) => row.n.toLocaleString() },
        ]}
      />
    </section>
  )
}
