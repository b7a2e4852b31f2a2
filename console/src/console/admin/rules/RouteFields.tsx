import { Button, Form, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { GlobSelect, type FieldsProps } from './fields'
import { useWords } from './words'

/** A routing rule: its reason, the conditions under which it counts, and whom it means. */
export function RouteFields({ sheet, fresh }: FieldsProps) {
  const { t } = useTranslation('console')
  const words = useWords()
  const many = (name: string, options: readonly string[] | undefined, show: (one: string) => string) => (
    <Form.Item name={['when', name]} label={t(`rules.field.${name}`)}>
      <Select mode="multiple" allowClear options={(options ?? []).map((one) => ({ value: one, label: show(one) }))} />
    </Form.Item>
  )
  const typed = (name: string, hint: string) => (
    <Form.Item name={['when', name]} label={t(`rules.field.${name}`)}>
      <Input placeholder={hint} />
    </Form.Item>
  )
  return (
    <>
      <Form.Item name="id" label={t('rules.field.id')}>
        <Input disabled={!fresh} />
      </Form.Item>
      <Form.Item name={['why', 'zh']} label={t('rules.field.whyZh')}>
        <Input.TextArea autoSize />
      </Form.Item>
      <Form.Item name={['why', 'en']} label={t('rules.field.whyEn')}>
        <Input.TextArea autoSize />
      </Form.Item>
      <fieldset className="rules-fieldset">
        <legend>{t('rules.field.when')}</legend>
        <Form.Item name={['when', 'category']} label={t('rules.field.category')}>
          <GlobSelect sheet={sheet} />
        </Form.Item>
        <div className="rules-two">
          {many('event', words.vocabulary?.events, (one) => words.named('event', one))}
          {many('owner', words.vocabulary?.centres, (one) => words.named('centre', one))}
          {many('level', words.vocabulary?.levels, words.level)}
          {many('channel', words.vocabulary?.channels, words.channel)}
          <Form.Item name={['when', 'place']} label={t('rules.field.place')}>
            <Select allowClear options={['urban', 'rural'].map((one) => ({ value: one, label: words.named('place', one) }))} />
          </Form.Item>
          {typed('hours', '22:00-06:00')}
          {typed('returns', '>= 1')}
          {typed('border_m', '< 100')}
        </div>
        <Form.Item name={['when', 'more']} label={t('rules.field.more')} tooltip={t('rules.field.moreHint')}>
          <Input.TextArea autoSize spellCheck={false} />
        </Form.Item>
      </fieldset>
      <fieldset className="rules-fieldset">
        <legend>{t('rules.field.lead')}</legend>
        <UnitRow at={['lead']} />
      </fieldset>
      <UnitList name="assist" />
      <UnitList name="assign_down" />
      <Form.Item name="auto" label={t('rules.field.auto')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  )
}

/** Kind of unit, its level, and whose: of the place or of the owner. */
function UnitRow({ at }: { at: (string | number)[] }) {
  const { t } = useTranslation('console')
  const words = useWords()
  return (
    <div className="rules-unit">
      <Form.Item name={[...at, 'unit']} label={t('rules.field.unit')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={(words.vocabulary?.kinds ?? []).map((one) => ({ value: one.kind, label: words.kind(one.kind) }))} />
      </Form.Item>
      <Form.Item name={[...at, 'level']} label={t('rules.field.unitLevel')}>
        <Select options={(words.vocabulary?.unit_levels ?? []).map((one) => ({ value: one, label: words.named('centre', one) }))} />
      </Form.Item>
      <Form.Item name={[...at, 'of']} label={t('rules.field.of')}>
        <Select allowClear options={['place', 'owner'].map((one) => ({ value: one, label: words.named('of', one) }))} />
      </Form.Item>
    </div>
  )
}

function UnitList({ name }: { name: 'assist' | 'assign_down' }) {
  const { t } = useTranslation('console')
  return (
    <fieldset className="rules-fieldset">
      <legend>{t(`rules.field.${name}`)}</legend>
      <Form.List name={name}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="rules-unit-row">
                <UnitRow at={[row.name]} />
                <Button danger onClick={() => remove(row.name)}>
                  {t('rules.sheet.remove')}
                </Button>
              </div>
            ))}
            <Button onClick={() => add({ level: 'district' })}>{t('rules.sheet.add')}</Button>
          </>
        )}
      </Form.List>
    </fieldset>
  )
}
