using System.Text.Json.Nodes;

namespace OutsideWorld;

/// <summary>The ten ways in which a row of the city register can be wrong.</summary>
public enum SpoiltWay
{
    /// <summary>There is no <c>name</c>.</summary>
    NameMissing,

    /// <summary><c>lat</c> is empty text.</summary>
    LatitudeEmpty,

    /// <summary><c>lat</c> is "abc".</summary>
    LatitudeNoNumber,

    /// <summary><c>lat</c> is a number, 912.5, that no place on Earth has.</summary>
    LatitudeOutOfRange,

    /// <summary><c>lng</c> is written with a comma.</summary>
    LongitudeWithComma,

    /// <summary><c>country</c> is ZZ, which is none.</summary>
    CountryUnknown,

    /// <summary>There is no <c>country</c>.</summary>
    CountryMissing,

    /// <summary><c>name</c> has more than 200 characters.</summary>
    NameTooLong,

    /// <summary><c>lat</c> is an object.</summary>
    LatitudeNested,

    /// <summary><c>id</c> is that of the row before.</summary>
    IdOfTheRowBefore,
}

internal static class SpoiltRow
{
    public const int Ways = (int)SpoiltWay.IdOfTheRowBefore + 1;

    public static void Spoil(JsonObject row, SpoiltWay way)
    {
        switch (way)
        {
            case SpoiltWay.NameMissing:
                row.Remove("name");
                break;
            case SpoiltWay.LatitudeEmpty:
                row["lat"] = "";
                break;
            case SpoiltWay.LatitudeNoNumber:
                row["lat"] = "abc";
                break;
            case SpoiltWay.LatitudeOutOfRange:
                row["lat"] = "912.5";
                break;
            case SpoiltWay.LongitudeWithComma:
                row["lng"] = row["lng"]!.GetValue<string>().Split('.')[0] + ",25";
                break;
            case SpoiltWay.CountryUnknown:
                row["country"] = "ZZ";
                break;
            case SpoiltWay.CountryMissing:
                row.Remove("country");
                break;
            case SpoiltWay.NameTooLong:
                row["name"] = string.Concat(Enumerable.Repeat("Llanfair", 26));
                break;
            case SpoiltWay.LatitudeNested:
                row["lat"] = new JsonObject { ["degrees"] = row["lat"]!.GetValue<string>() };
                break;
            case SpoiltWay.IdOfTheRowBefore:
                row["id"] = row["id"]!.GetValue<int>() - 1;
                break;
        }
    }
}
