using System.Text.Json;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Tests.Schemas;

/// <summary>Short ways from texts to verdicts.</summary>
internal static class SchemaTexts
{
    public static JsonSchema Compiled(string schema, SchemaRegistry? registry = null) =>
        JsonSchema.Compile(schema, registry ?? SchemaRegistry.Empty) switch
        {
            SchemaCompilation.Compiled compiled => compiled.Schema,
            SchemaCompilation.Refused refused => throw new InvalidOperationException($"{refused.Pointer}: {refused.Sentence}"),
            _ => throw new InvalidOperationException(),
        };

    public static SchemaCompilation.Refused Refused(string schema, SchemaRegistry? registry = null) =>
        Assert.IsType<SchemaCompilation.Refused>(JsonSchema.Compile(schema, registry ?? SchemaRegistry.Empty));

    public static SchemaVerdict Verdict(string schema, string value, SchemaOptions? options = null) =>
        Compiled(schema).Validate(System.Text.Encoding.UTF8.GetBytes(value), options ?? SchemaOptions.Default);

    public static bool Fits(string schema, string value, SchemaOptions? options = null) => Verdict(schema, value, options).IsValid;

    /// <summary>Whether a text has a form.</summary>
    public static bool HasFormat(string format, string text) =>
        Fits($$"""{ "format": "{{format}}" }""", JsonSerializer.Serialize(text), new SchemaOptions { AssertFormats = true });

    /// <summary>Whether a pattern finds itself in a text.</summary>
    public static bool Matches(string pattern, string text) =>
        Fits($$"""{ "pattern": {{JsonSerializer.Serialize(pattern)}} }""", JsonSerializer.Serialize(text));
}
