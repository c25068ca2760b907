//! TOML tables whose entries have the type that is asked for, or a message that says which do not.

use toml::de::{DeTable, DeValue};

use crate::failure::{Doing, Failure, Result};

/// A table of a TOML file.
pub(crate) struct Settings<'a> {
    table: DeTable<'a>,
}

impl<'a> Settings<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self> {
        let table = DeTable::parse(text).doing("cannot be read")?.into_inner();
        Ok(Self { table })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(|name| name.get_ref().as_ref())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    pub(crate) fn string(&self, name: &str) -> Result<String> {
        self.value(name)?.as_str().map(str::to_owned).doing(format_args!("`{name}` is no string"))
    }

    pub(crate) fn strings(&self, name: &str) -> Result<Vec<String>> {
        let array = self.value(name)?.as_array().doing(format_args!("`{name}` is no array"))?;
        let string = |item: &toml::Spanned<DeValue>| item.get_ref().as_str().map(str::to_owned);
        array.iter().map(string).collect::<Option<_>>().doing(format_args!("`{name}` does not hold strings alone"))
    }

    /// A number of bytes, if it is given.
    pub(crate) fn size(&self, name: &str) -> Result<Option<usize>> {
        let Some(value) = self.table.get(name) else { return Ok(None) };
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        number.map(Some).doing(format_args!("`{name}` is no number of bytes"))
    }

    pub(crate) fn table(&self, name: &str) -> Result<Self> {
        let table = self.value(name)?.as_table().doing(format_args!("`{name}` is no table"))?;
        Ok(Self { table: table.clone() })
    }

    pub(crate) fn tables(&self, name: &str) -> Result<Vec<Self>> {
        let array = self.value(name)?.as_array().doing(format_args!("`{name}` is no array"))?;
        let table =
            |item: &toml::Spanned<DeValue<'a>>| item.get_ref().as_table().map(|table| Self { table: table.clone() });
        array.iter().map(table).collect::<Option<_>>().doing(format_args!("`{name}` does not hold tables alone"))
    }

    /// Refuses a name that nobody reads, since it is a slip of the pen.
    pub(crate) fn only(&self, known: &[&str]) -> Result {
        match self.names().find(|name| !known.contains(name)) {
            Some(stranger) => Err(Failure::new(format!("`{stranger}` means nothing here"))),
            None => Ok(()),
        }
    }

    fn value(&self, name: &str) -> Result<&DeValue<'a>> {
        self.table.get(name).map(toml::Spanned::get_ref).doing(format_args!("`{name}` is missing"))
    }
}
