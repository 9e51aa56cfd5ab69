namespace IntegrationConsole.Schemas.Compiling;

/// <summary>The groups of keywords that a dialect turns on.</summary>
[Flags]
internal enum Vocabularies
{
    None = 0,
    Core = 1,
    Applicator = 2,
    Unevaluated = 4,
    Validation = 8,
    MetaData = 16,
    FormatAnnotation = 32,
    FormatAssertion = 64,
    Content = 128,

    /// <summary>What the draft's own meta-schema turns on.</summary>
    Standard = Core | Applicator | Unevaluated | Validation | MetaData | FormatAnnotation | Content,
}

internal static class VocabularyNames
{
    private const string Prefix = "https://json-schema.org/draft/2020-12/vocab/";

    /// <summary>The vocabulary of an address; null for one that is not known here.</summary>
    public static Vocabularies? Find(string address) => !address.StartsWith(Prefix, StringComparison.Ordinal) ? null : address[Prefix.Length..] switch
    {
        "core" => Vocabularies.Core,
        "applicator" => Vocabularies.Applicator,
        "unevaluated" => Vocabularies.Unevaluated,
        "validation" => Vocabularies.Validation,
        "meta-data" => Vocabularies.MetaData,
        "format-annotation" => Vocabularies.FormatAnnotation,
        "format-assertion" => Vocabularies.FormatAssertion,
        "content" => Vocabularies.Content,
        _ => null,
    };
}
