using System.Collections.Immutable;
using IntegrationConsole.Schemas.Compiling;

namespace IntegrationConsole.Schemas;

/// <summary>The documents that schemas may refer to, by address. Nothing is ever fetched: what is not in here does not exist.</summary>
public sealed class SchemaRegistry
{
    private readonly ImmutableSortedDictionary<string, string> _documents;

    private SchemaRegistry(ImmutableSortedDictionary<string, string> documents) => _documents = documents;

    /// <summary>Knows the meta-schemas of the draft and nothing else.</summary>
    public static SchemaRegistry Empty { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>The addresses of the documents added, in order.</summary>
    public IEnumerable<string> Addresses => _documents.Keys;

    /// <summary>Adds a document, in place of an earlier one at the same address. It is read when a schema refers to it.</summary>
    /// <param name="address">Absolute, or relative: such a one is found by schemas that name no address of their own.</param>
    public SchemaRegistry With(string address, string text) =>
        new(_documents.SetItem(SchemaAddress.Nowhere.Resolve(address).WithoutFragment.ToString(), text));

    internal string? Find(string address) => MetaSchemas.Find(address) ?? _documents.GetValueOrDefault(address);
}
