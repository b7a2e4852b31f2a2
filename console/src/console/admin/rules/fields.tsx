import { Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { RuleSheet } from '@/shared/api/rules'
import { useWords } from './words'

export interface FieldsProps {
  sheet: RuleSheet
  fresh: boolean
}

/** Codes and globs, typed or chosen from the categories of this scenario. */
export function GlobSelect({ value, onChange, sheet, id }: { value?: string | string[]; onChange?: (value: string[] | string | undefined) => void; sheet: RuleSheet; id?: string }) {
  const { t } = useTranslation('console')
  const words = useWords()
  const chosen = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return (
    <Select
      id={id}
      mode="tags"
      value={chosen}
      onChange={(next: string[]) => onChange?.(next.length === 0 ? undefined : next.length === 1 ? next[0] : next)}
      options={sheet.parts.categories.map((one) => ({ value: one.key, label: `${one.key} ${words.text(one.data.name)}` }))}
      optionLabelProp="value"
      placeholder={t('rules.field.globHint')}
    />
  )
}

export function LimitFields({ sheet, fresh }: FieldsProps) {
  const { t } = useTranslation('console')
  const words = useWords()
  const options = (names: readonly string[] | undefined, show: (name: string) => string) => (names ?? []).map((name) => ({ value: name, label: show(name) }))
  return (
    <div className="rules-two">
      <Form.Item name="id" label={t('rules.field.id')}>
        <Input disabled={!fresh} />
      </Form.Item>
      <Form.Item name="stage" label={t('rules.field.stage')}>
        <Select options={options(words.vocabulary?.stages, (name) => words.named('stage', name))} />
      </Form.Item>
      <Form.Item name="category" label={t('rules.field.category')}>
        <GlobSelect sheet={sheet} />
      </Form.Item>
      <Form.Item name="level" label={t('rules.field.level')} getValueProps={(value: unknown) => ({ value: value === undefined ? [] : Array.isArray(value) ? value : [value] })}>
        <Select mode="multiple" options={options(words.vocabulary?.levels, words.level)} />
      </Form.Item>
      <Form.Item name="amount" label={t('rules.field.amount')}>
        <InputNumber min={0} step={0.5} style={{ width: '100%' }} placeholder={t('rules.field.amountHint')} data-testid="limit-amount" />
      </Form.Item>
      <Form.Item name="clock" label={t('rules.field.clock')}>
        <Select options={options(words.vocabulary?.clocks, (name) => name)} />
      </Form.Item>
      <Form.Item name="yellow" label={t('rules.field.yellow')}>
        <InputNumber min={0.05} max={1} step={0.05} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="escalate" label={t('rules.field.escalate')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', '、', ',']} />
      </Form.Item>
    </div>
  )
}

function Bilingual({ name, zh, en, area = false }: { name?: string; zh: string; en: string; area?: boolean }) {
  const at = (language: string) => (name ? [name, language] : [language])
  const field = area ? <Input.TextArea autoSize={{ minRows: 2 }} /> : <Input />
  return (
    <div className={area ? undefined : 'rules-two'}>
      <Form.Item name={at('zh')} label={zh}>
        {field}
      </Form.Item>
      <Form.Item name={at('en')} label={en}>
        {field}
      </Form.Item>
    </div>
  )
}

export function CategoryFields({ sheet, fresh }: FieldsProps) {
  const { t } = useTranslation('console')
  const words = useWords()
  return (
    <>
      <div className="rules-two">
        <Form.Item name="code" label={t('rules.field.code')}>
          <Input disabled={!fresh} />
        </Form.Item>
        <Form.Item name="group" label={t('rules.field.group')}>
          <Select disabled={!fresh} options={sheet.groups.map((one) => ({ value: one.code, label: `${one.code} ${words.english ? one.en : one.zh}` }))} />
        </Form.Item>
      </div>
      <Bilingual name="name" zh={t('rules.field.nameZh')} en={t('rules.field.nameEn')} />
      <div className="rules-two">
        <Form.Item name="level" label={t('rules.field.level')}>
          <Select options={(words.vocabulary?.levels ?? []).map((name) => ({ value: name, label: words.level(name) }))} />
        </Form.Item>
        <Form.Item name="intake" label={t('rules.field.intake')}>
          <Select allowClear options={(words.vocabulary?.centres ?? []).map((name) => ({ value: name, label: words.named('centre', name) }))} />
        </Form.Item>
      </div>
      <Form.Item name="hints" label={t('rules.field.hints')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', '、', '，', ',']} placeholder={t('rules.field.hintsHint')} />
      </Form.Item>
      <Form.Item name="evidence" label={t('rules.field.evidence')}>
        <Select mode="multiple" options={Object.entries(sheet.evidence).map(([key, name]) => ({ value: key, label: words.english ? name.en : name.zh }))} />
      </Form.Item>
    </>
  )
}

export function DutyFields({ sheet, fresh }: FieldsProps) {
  const { t } = useTranslation('console')
  const words = useWords()
  const kinds = (fits: (levels: string[]) => boolean) => (words.vocabulary?.kinds ?? []).filter((one) => fits(one.levels)).map((one) => ({ value: one.kind, label: words.kind(one.kind) }))
  const below: Record<string, string[]> = { town: ['village'], district: ['town', 'village'], city: ['district', 'town', 'village'] }
  const rows = ['town', 'district', 'city'] as const
  return (
    <>
      <div className="rules-two">
        <Form.Item name="category" label={t('rules.field.category')}>
          {fresh ? <GlobSelect sheet={sheet} /> : <Input disabled />}
        </Form.Item>
        <Form.Item name="clause" label={t('rules.field.clause')}>
          <Input />
        </Form.Item>
      </div>
      <Bilingual name="task" zh={t('rules.field.taskZh')} en={t('rules.field.taskEn')} />
      {rows.map((level) => (
        <fieldset key={level} className="rules-fieldset">
          <legend>{words.named('centre', level)}</legend>
          <Form.Item name={[level, 'lead']} label={t('rules.field.lead')}>
            <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={kinds((levels) => levels.includes(level))} placeholder={t('rules.field.noUnit')} />
          </Form.Item>
          <div className="rules-two">
            <Form.Item name={[level, 'assist']} label={t('rules.field.assist')}>
              <Select mode="multiple" optionFilterProp="label" options={kinds((levels) => levels.includes(level))} />
            </Form.Item>
            <Form.Item name={[level, 'assign_down']} label={t('rules.field.assign_down')}>
              <Select mode="multiple" optionFilterProp="label" options={kinds((levels) => levels.some((one) => below[level]?.includes(one)))} />
            </Form.Item>
          </div>
        </fieldset>
      ))}
    </>
  )
}

export function MessageFields({ sheet, fresh }: FieldsProps) {
  const { t } = useTranslation('console')
  const words = useWords()
  return (
    <>
      <div className="rules-two">
        <Form.Item name="step" label={t('rules.field.step')}>
          <Select disabled={!fresh} showSearch={{ optionFilterProp: 'label' }} options={(words.vocabulary?.moves ?? []).map((one) => ({ value: one.move, label: words.move(one.move) }))} />
        </Form.Item>
        <Form.Item name="audience" label={t('rules.field.audience')}>
          <Select disabled={!fresh} options={['reporter', 'unit', 'centre'].map((name) => ({ value: name, label: words.named('audience', name) }))} />
        </Form.Item>
      </div>
      <Form.Item name="category" label={t('rules.field.category')}>
        <GlobSelect sheet={sheet} />
      </Form.Item>
      <Bilingual zh={t('rules.field.zh')} en={t('rules.field.en')} area />
      <p className="meta">{t('rules.field.fields', { fields: (words.vocabulary?.message_fields ?? []).map((one) => `{${one}}`).join(' ') })}</p>
    </>
  )
}
