using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutsideWorld;

/// <summary>
/// A company's list that others write to. It takes objects whose <c>name</c> has at most 20 characters, and remembers
/// what it answered to an idempotency key.
/// </summary>
public sealed class Sink
{
    private const int LongestName = 20;
    private readonly Lock _gate = new();
    private readonly List<Item> _items = [];
    private readonly Dictionary<string, int> _byId = [];
    private readonly Dictionary<string, SinkAnswer> _answered = [];
    private readonly Dictionary<string, HashSet<string>> _keysOfId = [];
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited = int.MaxValue;
    private int _requests;
    private int _duplicates;

    public int Requests => _requests;

    /// <summary>Requests with an idempotency key that was seen before.</summary>
    public int Duplicates => _duplicates;

    /// <summary>The ids of records that came under more than one idempotency key.</summary>
    public IReadOnlyList<string> Rekeyed
    {
        get
        {
            lock (_gate)
            {
                return [.. _keysOfId.Where(keys => keys.Value.Count > 1).Select(keys => keys.Key)];
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>What it holds, each as JSON text, in the order of arrival.</summary>
    public IReadOnlyList<string> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items.Select(item => item.Json)];
            }
        }
    }

    /// <summary>Completes when it has taken in so many records.</summary>
    public Task HoldsAsync(int count)
    {
        lock (_gate)
        {
            _awaited = count;
            TellIfReached();
            return _reached.Task;
        }
    }

    private void TellIfReached()
    {
        if (_items.Count >= _awaited)
        {
            _reached.TrySetResult();
        }
    }

    /// <summary>Does what is asked once for each idempotency key, and gives the same answer after that.</summary>
    internal SinkAnswer Once(string idempotencyKey, JsonElement body, Func<SinkAnswer> act)
    {
        lock (_gate)
        {
            _requests++;
            if (idempotencyKey.Length == 0)
            {
                return act();
            }

            if (body.ValueKind is JsonValueKind.Object)
            {
                (_keysOfId.TryGetValue(IdOf(body), out var keys) ? keys : _keysOfId[IdOf(body)] = []).Add(idempotencyKey);
            }

            if (_answered.TryGetValue(idempotencyKey, out var before))
            {
                _duplicates++;
                return before;
            }

            return _answered[idempotencyKey] = act();
        }
    }

    internal SinkAnswer Create(JsonElement body, bool isUnique)
    {
        lock (_gate)
        {
            if (Refusal(body) is { } refusal)
            {
                return refusal;
            }

            var id = IdOf(body);
            if (isUnique && _byId.ContainsKey(id))
            {
                return new SinkAnswer(409, "There is one with this id.");
            }

            _byId[id] = _items.Count;
            _items.Add(new Item(body.GetRawText()));
            TellIfReached();
            return new SinkAnswer(201) { Id = $"item-{_items.Count}" };
        }
    }

    internal SinkAnswer Replace(string? id, JsonElement body)
    {
        lock (_gate)
        {
            if (Refusal(body) is { } refusal)
            {
                return refusal;
            }

            var json = body.GetRawText();
            if (!_byId.TryGetValue(id ?? IdOf(body), out var place))
            {
                _byId[id ?? IdOf(body)] = _items.Count;
                _items.Add(new Item(json));
                TellIfReached();
                return new SinkAnswer(201);
            }

            var isSame = _items[place].Json == json;
            _items[place] = new Item(json);
            return new SinkAnswer(isSame ? 304 : 200);
        }
    }

    internal SinkAnswer Change(string id, JsonElement body)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var place))
            {
                return new SinkAnswer(404, "There is none with this id.");
            }

            if (Refusal(body) is { } refusal)
            {
                return refusal;
            }

            var item = JsonNode.Parse(_items[place].Json)!.AsObject();
            foreach (var property in body.EnumerateObject())
            {
                item[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }

            _items[place] = new Item(item.ToJsonString());
            return new SinkAnswer(200);
        }
    }

    /// <summary>All with this id.</summary>
    public IReadOnlyList<string> Find(string id)
    {
        lock (_gate)
        {
            return [.. _items.Select(item => item.Json).Where(json => IdIn(json) == id)];
        }
    }

    /// <summary>Takes out what has this id, as somebody of the company may.</summary>
    public bool Remove(string id)
    {
        lock (_gate)
        {
            var isThere = _items.RemoveAll(item => IdIn(item.Json) == id) > 0;
            _byId.Clear();
            for (var place = 0; place < _items.Count; place++)
            {
                _byId[IdIn(_items[place].Json)] = place;
            }

            return isThere;
        }
    }

    private static string IdIn(string json)
    {
        using var item = JsonDocument.Parse(json);
        return IdOf(item.RootElement);
    }

    internal static string IdOf(JsonElement body) => body.TryGetProperty("id", out var id) ? id.ToString() : "";

    private static SinkAnswer? Refusal(JsonElement body) =>
        body.ValueKind is not JsonValueKind.Object ? new SinkAnswer(400, "This is not an object.")
            : body.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String && name.GetString()!.Length > LongestName
                ? new SinkAnswer(422, $"name: at most {LongestName} characters") : null;

    private sealed record Item(string Json);
}

/// <param name="Error">What is wrong; null when nothing is.</param>
/// <param name="Results">For a batch: what became of each of its items.</param>
internal sealed record SinkAnswer(int Status, string? Error = null, IReadOnlyList<SinkAnswer>? Results = null)
{
    /// <summary>Under which id the company keeps what was made.</summary>
    public string? Id { get; init; }
}
