using System.Text;
using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Compiling;

namespace IntegrationConsole.Schemas;

/// <summary>A JSON Schema of draft 2020-12, compiled once and then used by any number of threads.</summary>
public sealed class JsonSchema
{
    private static readonly Lazy<JsonSchema> MetaSchema = new(() => new JsonSchema(Graph(Dialects.Standard, SchemaRegistry.Empty).Root));

    private readonly SchemaNode _root;

    private JsonSchema(SchemaNode root) => _root = root;

    /// <summary>Compiles a schema with everything it refers to; or says what is wrong with it.</summary>
    /// <param name="registry">The documents it may refer to besides the draft's own.</param>
    public static SchemaCompilation Compile(string text, SchemaRegistry registry)
    {
        var (root, problem) = SchemaJson.Parse(text);
        if (root is null)
        {
            return new SchemaCompilation.Refused("", problem);
        }

        // The schema must be one by the rules of its own dialect, before any of it is believed.
        var dialect = DialectOf(root.Value);
        if (dialect == Dialects.Standard)
        {
            if (Misfit(MetaSchema.Value, root.Value) is { } misfit)
            {
                return misfit;
            }
        }
        else if (registry.Find(dialect) is not null)
        {
            var (meta, refused) = Graph(dialect, registry);
            if (refused is not null || Misfit(new JsonSchema(meta), root.Value) is { } misfit && (refused = misfit) is not null)
            {
                return refused;
            }
        }

        var graph = new SchemaGraph(registry);
        var node = graph.Compile(root.Value);
        return graph.Refusal.First is { } first ? first : new SchemaCompilation.Compiled(new JsonSchema(node));
    }

    public SchemaVerdict Validate(JsonElement value, SchemaOptions options) => new Evaluation(options).Judge(_root, value);

    /// <summary>Validates a value as it came over the wire. What is not JSON is an error like any other.</summary>
    public SchemaVerdict Validate(ReadOnlyMemory<byte> utf8Json, SchemaOptions options)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = Math.Max(1, options.MaximumDepth) });
            return Validate(document.RootElement, options);
        }
        catch (JsonException problem)
        {
            var sentence = $"This is not valid JSON, or nested more than {options.MaximumDepth} levels deep: line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}.";
            return new SchemaVerdict([new SchemaError("", "", "", sentence)], false, null);
        }
    }

    private static (SchemaNode Root, SchemaCompilation.Refused? Refused) Graph(string address, SchemaRegistry registry)
    {
        var graph = new SchemaGraph(registry);
        var root = graph.Compile(JsonElement.Parse(Encoding.UTF8.GetBytes($$"""{ "$ref": {{JsonSerializer.Serialize(address)}} }""")));
        return (root, graph.Refusal.First);
    }

    private static string DialectOf(JsonElement root) =>
        root.ValueKind is JsonValueKind.Object && root.TryGetProperty("$schema"u8, out var dialect) && dialect.ValueKind is JsonValueKind.String
            ? SchemaAddress.Parse(Values.JsonText.Of(dialect)).WithoutFragment.ToString()
            : Dialects.Standard;

    private static SchemaCompilation.Refused? Misfit(JsonSchema meta, JsonElement root) =>
        meta.Validate(root, SchemaOptions.Default).Errors is [_, ..] errors && Telling(errors) is var error
            ? new SchemaCompilation.Refused(error.InstancePointer, $"This is no valid JSON Schema. {error.Sentence}")
            : null;

    /// <summary>The first error, or what follows it where it only says that no alternative fits.</summary>
    private static SchemaError Telling(IReadOnlyList<SchemaError> errors)
    {
        var at = 0;
        while (errors[at].Keyword is "anyOf" or "oneOf" && at + 1 < errors.Count && errors[at + 1].InstancePointer.StartsWith($"{errors[at].InstancePointer}/", StringComparison.Ordinal))
        {
            at++;
        }

        return errors[at];
    }
}
