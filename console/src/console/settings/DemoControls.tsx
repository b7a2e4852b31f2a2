import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { advanceClock, readSimulator, setSimulator } from '@/shared/api/city'
import { fullTime } from '@/shared/time'
import { setClock, useNow } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'

const STEPS = [1, 4, 24, 72] as const

/** The demo's clock and its simulated city; both move for everybody. */
export function DemoControls() {
  const { t } = useTranslation('console')
  const may = useMay()
  const now = useNow()
  const client = useQueryClient()
  const simulator = useQuery({ queryKey: ['simulator'], queryFn: readSimulator })
  const run = useMutation({ mutationFn: setSimulator, onSuccess: (state) => client.setQueryData(['simulator'], state) })
  const advance = useMutation({
    mutationFn: advanceClock,
    onSuccess: (view) => {
      setClock(view)
      void client.invalidateQueries()
    },
  })
  return (
    <section className="card looks">
      <div className="card-head">
        <h2>{t('settings.demo')}</h2>
        <span className="chip">{t('shared:simulated')}</span>
      </div>
      {may('simulate') && (
        <label>
          <span>{t('settings.simulator')}</span>
          <Segmented<string>
            aria-label={t('settings.simulator')}
            value={simulator.data?.running ? 'on' : 'off'}
            disabled={!simulator.data || run.isPending}
            options={[{ value: 'on', label: t('settings.running') }, { value: 'off', label: t('settings.stopped') }]}
            onChange={(value) => run.mutate(value === 'on')}
          />
        </label>
      )}
      {may('clock.advance') && (
        <div className="looks-row">
          <span>{t('settings.clock')}</span>
          <b>{fullTime(now)}</b>
          {STEPS.map((hours) => (
            <Button key={hours} loading={advance.isPending && advance.variables === hours} onClick={() => advance.mutate(hours)} data-testid={`advance-${hours}`}>
              {t('settings.advance', { hours })}
            </Button>
          ))}
        </div>
      )}
      {(run.error ?? advance.error) && <ErrorNote error={run.error ?? advance.error} />}
    </section>
  )
}
