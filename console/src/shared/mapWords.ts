import i18next from 'i18next'

/** What MapLibre's own controls are called, in the language of the screen. */
export const mapWords = (): Record<string, string> => ({
  'Map.Title': i18next.t('shared:map.title'),
  'Marker.Title': i18next.t('shared:map.marker'),
  'NavigationControl.ZoomIn': i18next.t('shared:map.zoomIn'),
  'NavigationControl.ZoomOut': i18next.t('shared:map.zoomOut'),
  'AttributionControl.ToggleAttribution': i18next.t('shared:map.sources'),
})
