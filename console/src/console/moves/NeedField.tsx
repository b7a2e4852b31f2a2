import { Form, Input, InputNumber, Radio, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail, Need } from '@/shared/api/types'
import { LEVELS } from '@/shared/levels'
import { localOfInstant } from '@/shared/time'
import { cityNow } from '../app/clock'
import { Stars } from '../app/Stars'
import { UnitsField } from '../dispatch/UnitsField'
import { CategorySelect } from './CategorySelect'
import { IncidentField } from './IncidentField'
import { PersonSelect } from './PersonSelect'
import { PhotosField } from './PhotosField'
import { PlaceField } from './PlaceField'
import { RegionSelect } from './RegionSelect'
import { ReportsField } from './ReportsField'
import { UnitSelect } from './UnitSelect'
import type { Action } from './moves'

interface Props {
  need: Need
  action: Action
  detail: IncidentDetail
}

/** One need of a move as a labelled field. */
export function NeedField({ need, action, detail }: Props) {
  const { t, i18n } = useTranslation('console')
  const label = i18n.exists(`console:need.${need.name}`) ? t(`need.${need.name}`) : need.name
  const message = t('fields.required', { name: label })
  // A rule may have no empty `validator`: the form would take numbers for wrong strings.
  const rule = need.kind === 'units' ? { required: true, message, validator: hasLead } : { required: true, message }
  return (
    <Form.Item name={need.name} label={label} rules={need.required ? [rule] : []} data-need={need.name}>
      {fieldOf(need, action, detail, t)}
    </Form.Item>
  )
}

async function hasLead(_rule: unknown, value: { lead?: number | null; assist?: number[]; assign_down?: number[] } | undefined) {
  if (value && (value.lead || value.assist?.length || value.assign_down?.length)) return
  throw new Error('units')
}

type T = (key: string, options?: Record<string, unknown>) => string

function fieldOf(need: Need, action: Action, detail: IncidentDetail, t: T) {
  switch (need.kind) {
    case 'category':
      return <CategorySelect />
    case 'level':
      return <Segmented aria-label={t('need.level')} options={LEVELS.map((level) => ({ value: level, label: t(`shared:levelLong.${level}`) }))} />
    case 'units':
      return <UnitsField incident={detail} adding={action.moves[0] === 'add_order'} />
    case 'region':
      return <CentreField move={action.moves[0] ?? ''} detail={detail} />
    case 'incident':
      return <IncidentField detail={detail} />
    case 'reports':
      return <ReportsField detail={detail} />
    case 'place':
      return <PlaceField detail={detail} />
    case 'time':
      return <Input type="datetime-local" min={localOfInstant(cityNow())} step={60} />
    case 'photos':
      return <PhotosField />
    case 'person':
      return <PersonSelect unit={detail.orders.find((order) => order.id === action.order)?.unit.id ?? 0} />
    case 'unit':
      return <UnitSelect region={detail.chain.district?.id} />
    case 'number':
      return need.name === 'stars' ? <Stars /> : <InputNumber min={0} precision={0} suffix={t('fields.yuan')} style={{ width: 200 }} />
    case 'choice':
      return <Radio.Group options={(need.options.length > 0 ? need.options : ['yes', 'no']).map((value) => ({ value, label: t(`choice.${value}`) }))} />
    default:
      return <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} />
  }
}

/** Other centres of the same level for a transfer, the ones below for an assignment. */
function CentreField({ move, detail, ...field }: { move: string; detail: IncidentDetail; id?: string; value?: number; onChange?: (value: number | undefined) => void }) {
  const centre = detail.row.centre
  if (move === 'assign_down') return <RegionSelect {...field} below={centre.id} />
  const above = centre.level === 'district' ? detail.chain.city.id : detail.chain.district?.id
  return <RegionSelect {...field} below={above} level={centre.level} />
}
