import { Checkbox, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listKinds } from '@/shared/api/things'
import { useMay } from '../app/session'
import { LAYERS, layersText, type Layer, type RiskSearch } from './search'

interface Props {
  layers: Layer[]
  kinds: string | undefined
  counts: Partial<Record<Layer, number>>
  go: (change: RiskSearch) => void
}

const NEEDS: Partial<Record<Layer, string>> = { incidents: 'incident.read', points: 'thing.read', things: 'thing.read' }

/** Which layers the map shows; of things which kinds. */
export function LayerSwitch({ layers, kinds, counts, go }: Props) {
  const { t } = useTranslation('console')
  const may = useMay()
  const offered = LAYERS.filter((layer) => may(NEEDS[layer] ?? 'sign.read'))
  const turn = (layer: Layer, on: boolean) => go({ layers: layersText(on ? [...layers, layer] : layers.filter((one) => one !== layer)) })
  return (
    <fieldset className="risk-layers" data-testid="risk-layers">
      <legend className="visually-hidden">{t('risk.layers')}</legend>
      {offered.map((layer) => (
        <Checkbox key={layer} checked={layers.includes(layer)} onChange={(event) => turn(layer, event.target.checked)} data-testid={`risk-layer-${layer}`}>
          {t(`risk.layer.${layer}`)} {counts[layer] !== undefined && <span className="meta">{counts[layer]}</span>}
        </Checkbox>
      ))}
      {layers.includes('things') && <Kinds kinds={kinds} go={go} />}
    </fieldset>
  )
}

function Kinds({ kinds, go }: { kinds: string | undefined; go: (change: RiskSearch) => void }) {
  const { t, i18n } = useTranslation('console')
  const found = useQuery({ queryKey: ['kinds'], queryFn: listKinds, staleTime: Infinity })
  const english = i18n.language.startsWith('en')
  return (
    <Select
      mode="multiple" size="small" allowClear maxTagCount={1} className="risk-kinds" aria-label={t('risk.kinds')} placeholder={t('risk.allKinds')} value={kinds?.split(',').filter(Boolean) ?? []}
      options={(found.data ?? []).map((kind) => ({ value: kind.code, label: english ? kind.name_en : kind.name_zh }))} onChange={(chosen: string[]) => go({ kinds: chosen.join(',') || undefined })} showSearch={{ optionFilterProp: 'label' }}
    />
  )
}
