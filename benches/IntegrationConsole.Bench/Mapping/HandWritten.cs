using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Bench.Mapping;

/// <summary>The limit: what somebody would write for this one mapping with the framework's reader and nothing else.</summary>
internal static class HandWritten
{
    public static List<OrderRow> Apply(RecordBatch batch, IReadOnlyDictionary<string, string> regions)
    {
        var rows = new List<OrderRow>(batch.Count);
        for (var index = 0; index < batch.Count; index++)
        {
            rows.Add(Read(batch[index].Span, regions));
        }

        return rows;
    }

    private static OrderRow Read(ReadOnlySpan<byte> record, IReadOnlyDictionary<string, string> regions)
    {
        var row = new OrderRow { Shop = "main" };
        var reader = new Utf8JsonReader(record);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("orderNumber"u8))
            {
                reader.Read();
                row.OrderNumber = reader.GetString();
            }
            else if (reader.ValueTextEquals("orderedAt"u8))
            {
                reader.Read();
                row.OrderedAt = reader.GetDateTimeOffset();
            }
            else if (reader.ValueTextEquals("total"u8))
            {
                reader.Read();
                row.Total = reader.GetDecimal();
            }
            else if (reader.ValueTextEquals("paid"u8))
            {
                reader.Read();
                row.Paid = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("quantity"u8))
            {
                reader.Read();
                row.Quantity = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("email"u8))
            {
                reader.Read();
                row.Email = reader.GetString()!.Trim().ToLowerInvariant();
            }
            else if (reader.ValueTextEquals("region"u8))
            {
                reader.Read();
                row.Region = regions[reader.GetString()!];
            }
            else if (reader.ValueTextEquals("customer"u8))
            {
                reader.Read();
                ReadCustomer(ref reader, ref row);
            }
            else
            {
                reader.Skip();
            }
        }

        return row;
    }

    public static void ReadCustomer(ref Utf8JsonReader reader, ref OrderRow row)
    {
        string? firstName = null, lastName = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("firstName"u8))
            {
                reader.Read();
                firstName = reader.GetString();
            }
            else if (reader.ValueTextEquals("lastName"u8))
            {
                reader.Read();
                lastName = reader.GetString();
            }
            else if (reader.ValueTextEquals("address"u8))
            {
                reader.Read();
                ReadAddress(ref reader, ref row);
            }
            else
            {
                reader.Skip();
            }
        }

        row.CustomerName = $"{firstName} {lastName}";
    }

    private static void ReadAddress(ref Utf8JsonReader reader, ref OrderRow row)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("city"u8))
            {
                reader.Read();
                row.City = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
