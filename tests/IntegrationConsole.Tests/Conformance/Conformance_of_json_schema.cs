using System.Text.Json;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Tests.Conformance;

public sealed class Conformance_of_json_schema
{
    [OutsideFact]
    public void Every_case_of_the_suite_passes()
    {
        var registry = OutsideSuite.Files("json-schema-remotes*.json")
            .SelectMany(file => JsonElement.Parse(File.ReadAllText(file)).EnumerateObject())
            .Aggregate(SchemaRegistry.Empty, (all, remote) => all.With(remote.Name, remote.Value.GetRawText()));
        var cases = OutsideSuite.Files("json-schema-2020-12*.jsonl").SelectMany(OutsideSuite.Cases).ToList();

        var failing = cases.Select(each => Failure(each, registry)).OfType<string>().ToList();

        Assert.NotEmpty(cases);
        Assert.True(failing.Count == 0, $"{failing.Count} of {cases.Count} cases fail:\n{string.Join('\n', failing)}");
    }

    /// <summary>Null where the case passes.</summary>
    private static string? Failure(JsonElement each, SchemaRegistry registry)
    {
        var name = $"{each.GetProperty("name").GetString()} ({each.GetProperty("group").GetString()}: {each.GetProperty("test").GetString()})";
        if (JsonSchema.Compile(each.GetProperty("schema").GetRawText(), registry) is not SchemaCompilation.Compiled compiled)
        {
            return $"{name}: refused";
        }

        var verdict = compiled.Schema.Validate(each.GetProperty("data"), SchemaOptions.Default);
        return verdict.IsValid == each.GetProperty("valid").GetBoolean() && verdict.Limit is null
            ? null
            : $"{name}: {(verdict.IsValid ? "valid" : string.Join(" ", verdict.Errors.Select(error => error.Sentence)))}";
    }
}
