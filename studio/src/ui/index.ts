/** The controls that all panels are made of. */

export { Button, IconButton, type ButtonProps, type IconButtonProps } from "./button.tsx";
export { Checkbox, type CheckboxProps } from "./checkbox.tsx";
export { Checkerboard, type CheckerboardProps } from "./checkerboard.tsx";
export { ColorField, type ColorFieldProps } from "./color_field.tsx";
export { Dialog, type DialogProps } from "./dialog.tsx";
export { Disclosure, type DisclosureProps } from "./disclosure.tsx";
export { Icon, ICON_NAMES, type IconName } from "./icons.tsx";
export { Menu, type MenuItem, type MenuProps } from "./menu.tsx";
export { NumberField, type NumberFieldProps } from "./number_field.tsx";
export { Select, type SelectProps } from "./select.tsx";
export { Slider, type SliderProps } from "./slider.tsx";
export { TabPanel, Tabs, type TabPanelProps, type TabsProps } from "./tabs.tsx";
