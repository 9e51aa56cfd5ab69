using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>Finds an entry of a lookup table.</summary>
/// <returns>The entry, <see cref="Value.Undefined"/> where the table has none for the key, or null where there is no such table.</returns>
public delegate Value? LookupTables(string table, string key);
