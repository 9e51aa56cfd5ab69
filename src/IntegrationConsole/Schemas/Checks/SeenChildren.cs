using System.Text.Json;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>Which members of an object, or items of a list, were evaluated by a schema that passed: what the unevaluated keywords ask for.</summary>
internal sealed class SeenChildren(int count)
{
    private readonly ulong[] _marks = new ulong[(count + 63) / 64];

    public static SeenChildren Of(JsonElement value) => new(value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount(),
        JsonValueKind.Array => value.GetArrayLength(),
        _ => 0,
    });

    public bool Contains(int child) => (_marks[child >> 6] & (1UL << child)) != 0;

    public void Add(int child) => _marks[child >> 6] |= 1UL << child;

    public void Add(SeenChildren others)
    {
        for (var index = 0; index < _marks.Length; index++)
        {
            _marks[index] |= others._marks[index];
        }
    }
}
