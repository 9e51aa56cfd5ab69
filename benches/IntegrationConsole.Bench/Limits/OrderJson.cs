using System.Text.Json;
using IntegrationConsole.Bench.Mapping;

namespace IntegrationConsole.Bench.Limits;

/// <summary>One order in a page.</summary>
internal static class OrderJson
{
    /// <param name="reader">At the object's beginning; afterwards at its end.</param>
    /// <param name="regions">The lookup table.</param>
    /// <param name="row">What was made of it.</param>
    /// <returns>False where the order has a total that is no number.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, IReadOnlyDictionary<string, string> regions, out OrderRow row)
    {
        row = new OrderRow { Shop = "main" };
        var isGood = true;
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
                isGood &= reader.TokenType is JsonTokenType.Number;
                row.Total = isGood ? reader.GetDecimal() : 0;
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
                HandWritten.ReadCustomer(ref reader, ref row);
            }
            else
            {
                reader.Skip();
            }
        }

        return isGood;
    }
}
