using System.Text.Json;
using IntegrationConsole.Schemas.Inference;

namespace IntegrationConsole.Schemas;

/// <summary>Guesses a schema from sample records. What is guessed holds for every sample, and is a draft for a person to look at.</summary>
public static class SchemaInference
{
    /// <summary>The schema as indented JSON text.</summary>
    public static string From(IEnumerable<JsonElement> samples)
    {
        var seen = new ObservedValue();
        foreach (var sample in samples)
        {
            seen.Add(sample, level: 0);
        }

        return InferredSchema.Write(seen);
    }
}
