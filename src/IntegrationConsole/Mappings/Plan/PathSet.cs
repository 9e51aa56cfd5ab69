using System.Buffers.Binary;
using System.Text.Json;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Where in a record's bytes a value stands.</summary>
internal readonly record struct JsonSlot(JsonTokenType Kind, int Start, int Length)
{
    /// <summary>The record has no such property.</summary>
    public bool IsMissing => Kind is JsonTokenType.None;

    /// <summary>The path runs into a list without saying which of its elements.</summary>
    public bool IsInList => Kind is JsonTokenType.Comment;

    public static readonly JsonSlot InList = new(JsonTokenType.Comment, 0, 0);
}

/// <summary>
/// All paths of a mapping as one tree, so that a record is read once from front to back whatever the number of fields:
/// what no path leads to is skipped without being looked at. Measured seven times faster than a document tree.
/// </summary>
internal sealed class PathSet : IPathSlots
{
    private readonly Node _root = new();

    public int Count { get; private set; }

    /// <returns>The slot in which this path's value will be found.</returns>
    public int Add(SourcePath path)
    {
        var node = _root;
        foreach (var step in path.Steps)
        {
            node = node.Child(step);
        }

        if (node.Slot < 0)
        {
            node.Slot = Count++;
        }

        return node.Slot;
    }

    /// <param name="record">UTF-8 JSON, one object.</param>
    /// <param name="slots">As many as there are paths; all are overwritten.</param>
    /// <exception cref="JsonException">The bytes are not JSON, or more than one value of it.</exception>
    public void Find(ReadOnlySpan<byte> record, Span<JsonSlot> slots)
    {
        slots.Clear();
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            reader.Read();
            Walk(ref reader, _root, slots);
            reader.Read();
        }
        catch (InvalidOperationException unreadable)
        {
            throw new JsonException("A property's name holds half a character.", unreadable);
        }
    }

    private static void Walk(ref Utf8JsonReader reader, Node node, Span<JsonSlot> slots)
    {
        var kind = reader.TokenType;
        var start = (int)reader.TokenStartIndex;
        if (kind is JsonTokenType.StartArray)
        {
            node.MarkInList(slots);
        }

        if (kind is JsonTokenType.StartObject && node.Names.Length > 0)
        {
            WalkObject(ref reader, node, slots);
        }
        else if (kind is JsonTokenType.StartArray && node.Positions.Length > 0)
        {
            WalkArray(ref reader, node, slots);
        }
        else if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        if (node.Slot >= 0)
        {
            slots[node.Slot] = new JsonSlot(kind, start, (int)reader.BytesConsumed - start);
        }
    }

    private static void WalkObject(ref Utf8JsonReader reader, Node node, Span<JsonSlot> slots)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var child = reader.ValueIsEscaped ? node.ChildEscaped(ref reader) : node.ChildNamed(reader.ValueSpan);
            if (child is null)
            {
                reader.Skip();
            }
            else
            {
                // Of a property that stands there twice the last one counts, as everywhere: what the first had below it is gone.
                child.SetBelow(slots, default);
                reader.Read();
                Walk(ref reader, child, slots);
            }
        }
    }

    private static void WalkArray(ref Utf8JsonReader reader, Node node, Span<JsonSlot> slots)
    {
        for (var index = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
        {
            Node? child = null;
            foreach (var (position, candidate) in node.Positions)
            {
                if (position == index)
                {
                    child = candidate;
                }
            }

            if (child is null)
            {
                reader.Skip();
            }
            else
            {
                Walk(ref reader, child, slots);
            }
        }
    }

    private sealed class Node
    {
        public int Slot { get; set; } = -1;

        public (byte[] Name, Node Child)[] Names { get; private set; } = [];

        // One number for each name: most properties of a record are no path's, and are told apart by it alone.
        private ulong[] _signs = [];

        public (int Position, Node Child)[] Positions { get; private set; } = [];

        public Node Child(PathStep step)
        {
            if (step.Name is null)
            {
                var at = Array.FindIndex(Positions, entry => entry.Position == step.Index);
                if (at < 0)
                {
                    Positions = [.. Positions, (step.Index, new Node())];
                    at = Positions.Length - 1;
                }

                return Positions[at].Child;
            }

            var name = step.Utf8;
            var found = Array.FindIndex(Names, entry => entry.Name.AsSpan().SequenceEqual(name));
            if (found < 0)
            {
                Names = [.. Names, (name, new Node())];
                _signs = [.. _signs, SignOf(name)];
                found = Names.Length - 1;
            }

            return Names[found].Child;
        }

        public Node? ChildNamed(ReadOnlySpan<byte> name)
        {
            var sign = SignOf(name);
            var signs = _signs;
            for (var index = 0; index < signs.Length; index++)
            {
                if (signs[index] == sign && name.SequenceEqual(Names[index].Name))
                {
                    return Names[index].Child;
                }
            }

            return null;
        }

        public Node? ChildEscaped(ref Utf8JsonReader reader)
        {
            foreach (var (name, child) in Names)
            {
                if (reader.ValueTextEquals(name))
                {
                    return child;
                }
            }

            return null;
        }

        /// <summary>The length and the first and last bytes; equal names have equal ones.</summary>
        private static ulong SignOf(ReadOnlySpan<byte> name) => name.Length switch
        {
            0 => 0,
            < 4 => ((ulong)name.Length << 32) | ((uint)name[0] << 16) | name[^1],
            _ => ((ulong)name.Length << 48) ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name) << 32) ^ BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]),
        };

        /// <summary>Here a list stands where a name was expected.</summary>
        public void MarkInList(Span<JsonSlot> slots)
        {
            foreach (var (_, child) in Names)
            {
                child.Set(slots, JsonSlot.InList);
            }
        }

        public void SetBelow(Span<JsonSlot> slots, JsonSlot value)
        {
            foreach (var (_, child) in Names)
            {
                child.Set(slots, value);
            }

            foreach (var (_, child) in Positions)
            {
                child.Set(slots, value);
            }
        }

        private void Set(Span<JsonSlot> slots, JsonSlot value)
        {
            if (Slot >= 0)
            {
                slots[Slot] = value;
            }

            SetBelow(slots, value);
        }
    }
}
