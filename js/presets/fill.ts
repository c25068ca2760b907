import { mandatory, optional, readOptions, someTexts, text, type Reader } from "../options/readers.js";
import { FORM_DEMANDS } from "../tables.js";
import type { Form, Parameter, Vendor } from "./vendor.js";

const HOST = String.raw`[a-z\d-]+(?:\.[a-z\d-]+)*(?::\d{1,5})?`;
const SEGMENT = String.raw`(?!\.{1,2}(?:/|$))[\w.~-]+`;
const LOOPBACK = String.raw`(?=(?:(?:[a-z\d-]+\.)*localhost|127\.0\.0\.1)(?:[:/]|$))`;
const URL_FORM = new RegExp(`^(?:https://|http://${LOOPBACK})${HOST}(?:/${SEGMENT})*/?$`);
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** As `Form::fits` of the core: tests compare the two. */
const FITS: Readonly<Record<Form, (value: string) => boolean>> = {
  host: (value) => new RegExp(`^${HOST}$`).test(value),
  base: (value) => URL_FORM.test(value) && !value.endsWith("/"),
  url: (value) => URL_FORM.test(value),
  segment: (value) => new RegExp(`^${SEGMENT}$`).test(value),
  uuid: (value) => UUID.test(value),
  text: () => true,
  texts: () => true,
  uuids: (value) => UUID.test(value),
};

type Values = Readonly<Record<string, readonly string[] | undefined>>;

/** Makes options of a vendor's row and the user's values. */
export function fill(vendor: Vendor, options: unknown): object {
  const { instead, parameters } = vendor;
  const [first] = parameters;
  if (instead !== undefined && first !== undefined && instead.values.includes(String(peek(options, first.name)))) {
    return fill(instead.vendor, options);
  }
  const readers = Object.fromEntries(parameters.map((parameter) => [parameter.name, readerOf(parameter)]));
  const values = readOptions<Values>(vendor.name, options, readers);
  return Object.fromEntries(Object.entries(optionsOf(vendor, values)).filter(([, value]) => value !== undefined));
}

/** A value that only chooses the row, which then reads it. */
const peek = (options: unknown, name: string): unknown => {
  try {
    return typeof options === "object" && options !== null && Object.hasOwn(options, name)
      ? Reflect.get(options, name)
      : undefined;
  } catch {
    return undefined;
  }
};

function readerOf({
  form,
  example,
  optional: may,
  default: otherwise,
}: Parameter): Reader<readonly string[] | undefined> {
  const isList = form === "texts" || form === "uuids";
  const read: Reader<readonly string[]> = (value, label) => {
    const list =
      isList && typeof value !== "string"
        ? someTexts(value, label, "a string or an array of strings")
        : [text(value, label)];
    if (list.every(FITS[form])) return list;
    throw new TypeError(`${label} ${FORM_DEMANDS[form]}: write e.g. ${JSON.stringify(example)}`);
  };
  if (otherwise !== undefined) return (value, label) => (value === undefined ? [otherwise] : read(value, label));
  return may === true ? optional(read) : mandatory(read, example);
}

function optionsOf(vendor: Vendor, values: Values): Record<string, unknown> {
  const issuer = put(vendor.issuer, values);
  const binding = bindingOf(vendor.binding, values, issuer);
  let audience = vendor.audience === undefined ? undefined : list(vendor.audience, values);
  if (audience === undefined && binding !== undefined && vendor.audienceBesideBinding !== undefined) {
    audience = [vendor.audienceBesideBinding];
  }
  if (audience === undefined && binding === undefined) {
    throw new TypeError(
      `${vendor.name}: option "audience" is mandatory: write e.g. "https://api.example", or give "clientId"`,
    );
  }
  const { permissions, header, algorithms } = vendor;
  return {
    issuer,
    issuerAliases: vendor.issuerAliases?.map((alias) => put(alias, values)),
    issuerVariable: variableOf(vendor.issuerVariable, values),
    metadataUri: vendor.metadataUri === undefined ? undefined : put(vendor.metadataUri, values),
    jwksUri: vendor.jwksUri === undefined ? undefined : put(vendor.jwksUri, values),
    ...(vendor.secret === true ? { algorithm: algorithms?.[0] } : { algorithms }),
    profile: vendor.profile,
    audience,
    binding,
    acceptPadding: vendor.acceptPadding,
    issuerFromSubject: vendor.issuerFromSubject,
    keyUse: vendor.keyUse,
    requiredClaims: vendor.requiredClaims,
    guard:
      permissions === undefined && header === undefined
        ? undefined
        : { ...(permissions && { permissions }), ...(header && { header }) },
  };
}

/** A text with the values in their places. */
const put = (template: string, values: Values): string =>
  template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name]?.[0] ?? whole) : whole,
  );

/** The values of the parameter that the template is, or the text itself. */
function list(template: string, values: Values): readonly string[] | undefined {
  const [, name] = /^\{(\w+)\}$/.exec(template) ?? [];
  return name === undefined ? [template] : values[name];
}

function bindingOf(binding: Vendor["binding"], values: Values, issuer: string): object | undefined {
  if (binding === undefined) return undefined;
  const accepted = binding.claim === "iss" ? [issuer] : list(binding.values, values);
  if (accepted === undefined) return undefined;
  const { use } = binding;
  return { ...binding, values: accepted, ...(use && { use: { ...use, value: put(use.value, values) } }) };
}

function variableOf(variable: Vendor["issuerVariable"], values: Values): object | undefined {
  if (variable === undefined) return undefined;
  const { values: parameter, ...others } = variable;
  const only = parameter === undefined ? undefined : values[parameter];
  return only === undefined ? others : { ...others, values: only };
}
